{{ config(meta={'has_parts': true}) }}
-- Every published figure of the quoted sources, in the codes and units of the warehouse.
select
    report.report_key,
    report.source_code,
    report.basis,
    report.publication_id,
    report.reporter_code,
    report.partner_code,
    report.flow_code,
    report.product_key,
    report.period_code,
    report.value_usd,
    report.value_cny,
    report.quantity,
    report.quantity_unit_code,
    report.yoy_pct,
    report.yoy_currency,
    report.quantity_yoy_pct,
    report.share_pct,
    report.share_of,
    report.revision_note,
    report.valuation_code,
    report.coverage,
    cell.report_key is not null as is_chosen,
    report.is_corrected,
    report.uncorrected_value_usd,
    report.file_id,
    report.line
from {{ ref('int_trade_report_corrected') }} as report
left join {{ ref('int_quoted_cell_chosen') }} as cell on report.report_key = cell.report_key
