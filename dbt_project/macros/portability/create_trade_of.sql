{#-
    The cells of core.fct_trade of one source and one frequency, which is what may be added up along every dimension:
    two sources tell the same trade twice, and years, months and cumulative spans overlap.
      select sum(value_usd) from core.trade_of('comtrade_api', 'A') where reporter_code = 'CHN' and flow_code = 'X'
    The frequency is A or M. No other frequency has rows: cumulative spans contain each other.
-#}
{% macro create_trade_of() -%}
    create or replace macro {{ target.database }}.core.trade_of(one_source, frequency) as table
    select trade.*
    from {{ ref('fct_trade') }} as trade
    inner join {{ ref('dim_period') }} as period on trade.period_code = period.period_code
    where trade.source_code = one_source and period.freq_code = frequency and period.freq_code in ('A', 'M')
{%- endmacro %}
