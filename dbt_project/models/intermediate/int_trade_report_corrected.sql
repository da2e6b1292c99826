-- The reports read in publications, one row per report and flow that carries a figure, in the codes and units of the
-- warehouse: areas, products, periods, dollars, one unit a quantity; misprints corrected before one of the reports is
-- chosen, and what was printed beside them.
-- Reason for size: a correction names a figure in the codes of the warehouse, so it is found where they are given.
with
    totals as ({{ partner_reports() }}),

    reports as (

        select *
        from totals
        where coalesce(value_usd_bn, value_cny_bn, yoy_pct, share_pct) is not null
        union all
        {{ commodity_reports() }}

    ),

    report as (

        select reports.*, file.partition_key
        from reports
        inner join {{ files_of_records() }} as file on reports.file_id = file.file_id

    ),

    area as (select code, area_code from {{ ref('area_code') }} where code_system = 'press'),

    harmonised as (

        select
            report.source_code
            || '|'
            || report.table_name
            || '|'
            || report.partition_key
            || '|'
            || cast(report.line as varchar)
            || '|'
            || report.flow_code as report_key,
            report.source_code,
            report.basis,
            report.publication_id,
            report.published_on,
            reporter.area_code as reporter_code,
            partner.area_code as partner_code,
            report.flow_code,
            case
                when report.commodity_term is null then 'TOTAL' else 'G:' || term.commodity_group_code
            end as product_key,
            {{ period_code('report.period_start', 'report.period_end') }} as period_code,
            report.period_start,
            report.period_end,
            {{ units_from_bn('report.value_usd_bn') }} as value_usd,
            {{ printed_decimals('report.value_usd_bn') }} as value_usd_decimals,
            {{ units_from_bn('report.value_cny_bn') }} as value_cny,
            {{ printed_decimals('report.value_cny_bn') }} as value_cny_decimals,
            {{ base_quantity('report.quantity', 'unit') }} as quantity,
            {{ printed_decimals('report.quantity') }} as quantity_decimals,
            coalesce(unit.base_unit, unit.unit_code) as quantity_unit_code,
            report.yoy_pct,
            {{ printed_decimals('report.yoy_pct') }} as yoy_decimals,
            case when report.yoy_pct is not null then report.yoy_currency end as yoy_currency,
            report.quantity_yoy_pct,
            report.share_pct,
            report.share_of,
            report.revision_note,
            {{ valuation_code('report.flow_code', 'source') }} as valuation_code,
            report.coverage,
            report.file_id,
            report.line
        from report
        inner join {{ ref('stg_ledger__source') }} as source on report.source_code = source.source_code
        left join area as reporter on report.reporter_code = reporter.code
        left join area as partner on report.partner_code = partner.code
        left join {{ ref('commodity_term') }} as term on report.commodity_term = term.commodity_term
        left join {{ ref('quantity_unit') }} as unit on report.quantity_unit = unit.unit_term

    ),

    matched as ({{ report_corrections('harmonised') }}),

    correction as (

        select
            report_key,
            {% for measure in ['value_usd', 'value_original', 'quantity', 'yoy_pct'] %}
                max(case when measure_code = '{{ measure }}' then new_value end) as {{ measure }}
                {{ ',' if not loop.last }}
            {% endfor %}
        from matched
        where is_expected
        group by report_key

    )

select
    report.report_key,
    report.source_code,
    report.basis,
    report.publication_id,
    report.published_on,
    report.reporter_code,
    report.partner_code,
    report.flow_code,
    report.product_key,
    report.period_code,
    report.period_start,
    report.period_end,
    coalesce(cast(correction.value_usd as decimal(18, 3)), report.value_usd) as value_usd,
    coalesce(
        {{ printed_decimals('cast(correction.value_usd * 0.000000001 as decimal(18, 9))') }}, report.value_usd_decimals
    ) as value_usd_decimals,
    coalesce(cast(correction.value_original as decimal(18, 3)), report.value_cny) as value_cny,
    coalesce(
        {{ printed_decimals('cast(correction.value_original * 0.000000001 as decimal(18, 9))') }},
        report.value_cny_decimals
    ) as value_cny_decimals,
    coalesce(cast(correction.quantity as double), report.quantity) as quantity,
    report.quantity_decimals,
    report.quantity_unit_code,
    coalesce(cast(correction.yoy_pct as decimal(12, 3)), report.yoy_pct) as yoy_pct,
    coalesce({{ printed_decimals('correction.yoy_pct') }}, report.yoy_decimals) as yoy_decimals,
    report.yoy_currency,
    report.quantity_yoy_pct,
    report.share_pct,
    report.share_of,
    report.revision_note,
    report.valuation_code,
    report.coverage,
    correction.report_key is not null as is_corrected,
    case when correction.value_usd is not null then report.value_usd end as uncorrected_value_usd,
    report.value_usd as printed_value_usd,
    report.value_cny as printed_value_cny,
    report.quantity as printed_quantity,
    report.yoy_pct as printed_yoy_pct,
    report.file_id,
    report.line
from harmonised as report
left join correction on report.report_key = correction.report_key
