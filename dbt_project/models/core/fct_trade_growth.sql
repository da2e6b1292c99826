-- Published growth of values, the report of each rate chosen by the rule that chooses values; China's own tables print
-- one rate per currency, of totals, commodities and HS sections and chapters, some with the base it rests on.
with
    base_printed as (

        select file_id, line, flow_code, amount
        from {{ ref('int_gacc_figure_classified') }}
        where excluded_reason = 'base_of_printed_growth'

    )

select
    report.source_code,
    report.reporter_code,
    report.partner_code,
    report.flow_code,
    report.product_key,
    report.period_code,
    growth.unit_code as yoy_currency,
    report.yoy_pct,
    cast(growth.amount_min as decimal(12, 3)) as yoy_pct_min,
    cast(growth.amount_max as decimal(12, 3)) as yoy_pct_max,
    cast(null as decimal(18, 3)) as base_value_printed,
    growth.n_reports,
    growth.choice_rule,
    report.publication_id,
    report.file_id,
    report.line
from ({{ chosen_figures(['yoy_pct']) }}) as growth
inner join {{ ref('int_trade_report_corrected') }} as report on growth.report_key = report.report_key
where growth.unit_code <> 'unclear' and report.product_key = 'TOTAL'

union all

select
    figure.source_code,
    figure.reporter_code,
    figure.partner_code,
    figure.flow_code,
    figure.product_key,
    figure.period_code,
    figure.currency_code as yoy_currency,
    figure.yoy_pct,
    figure.yoy_pct as yoy_pct_min,
    figure.yoy_pct as yoy_pct_max,
    base_printed.amount as base_value_printed,
    1 as n_reports,
    'only_report' as choice_rule,
    cast(null as varchar) as publication_id,
    figure.file_id,
    figure.line
from {{ ref('int_gacc_figure_classified') }} as figure
left join
    base_printed
    on figure.file_id = base_printed.file_id
    and figure.line = base_printed.line
    and figure.flow_code = base_printed.flow_code
where figure.yoy_pct is not null and coalesce(figure.excluded_reason, 'added_to_cell') = 'added_to_cell'
