{% macro published_growth() %}
    -- The growth rate of a total a reporter's statistic published, one source per cell and currency.
    select
        growth.reporter_code,
        growth.partner_code,
        growth.flow_code,
        growth.period_code,
        growth.yoy_currency,
        growth.yoy_pct::decimal(12, 3) as yoy_pct,
        growth.yoy_pct_min::decimal(12, 3) as yoy_pct_min,
        growth.yoy_pct_max::decimal(12, 3) as yoy_pct_max,
        growth.n_reports::bigint as n_reports,
        growth.choice_rule in ('reports_agree', 'most_corroborated') as is_corroborated,
        growth.source_code,
        growth.publication_id,
        growth.file_id,
        growth.line::bigint as line
    from {{ ref('fct_trade_growth') }} as growth
    inner join {{ ref('dim_source') }} as source on growth.source_code = source.source_code
    where growth.product_key = 'TOTAL'
    qualify
        row_number() over (
            partition by
                growth.reporter_code, growth.partner_code, growth.flow_code, growth.period_code, growth.yoy_currency
            order by source.priority nulls last, growth.source_code
        )
        = 1
{% endmacro %}
