{#-
    The cells of core.fct_trade of one source and one frequency, which is what may be added up along every dimension:
    two sources tell the same trade twice, and years, months and cumulative spans overlap. No frequency but A and M has
    rows: cumulative spans contain each other. Body of the table macro core.trade_of.
-#}
{% macro trade_of(source, frequency) -%}
    select trade.*
    from {{ ref('fct_trade') }} as trade
    inner join {{ ref('dim_period') }} as period on trade.period_code = period.period_code
    where trade.source_code = {{ source }} and period.freq_code = {{ frequency }} and period.freq_code in ('A', 'M')
{%- endmacro %}
