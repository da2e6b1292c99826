-- Published growth of values, the report of each rate chosen by the rule that chooses values; China's own tables print
-- one rate per currency, of totals, commodities and HS sections and chapters.
select
    report.source_code,
    report.reporter_code,
    report.partner_code,
    report.flow_code,
    report.product_key,
    report.period_code,
    growth.unit_code as yoy_currency,
    report.yoy_pct,
    cast(growth.amount_min as decimal(9, 3)) as yoy_pct_min,
    cast(growth.amount_max as decimal(9, 3)) as yoy_pct_max,
    growth.n_reports,
    growth.choice_rule,
    report.publication_id,
    report.file_id,
    report.line
from {{ ref('int_trade_figure_chosen') }} as growth
inner join {{ ref('int_trade_report_harmonised') }} as report on growth.report_key = report.report_key
where growth.measure_code = 'yoy_pct' and growth.unit_code <> 'unclear' and report.product_key = 'TOTAL'

union all

select
    source_code,
    reporter_code,
    partner_code,
    flow_code,
    product_key,
    period_code,
    currency_code as yoy_currency,
    yoy_pct,
    yoy_pct as yoy_pct_min,
    yoy_pct as yoy_pct_max,
    1 as n_reports,
    'only_report' as choice_rule,
    cast(null as varchar) as publication_id,
    file_id,
    line
from {{ ref('int_gacc_figure_classified') }}
where yoy_pct is not null and coalesce(excluded_reason, 'added_to_cell') = 'added_to_cell'
