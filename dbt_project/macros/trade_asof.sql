{#-
    Trade cells as they were known at a time: the rows of fct_trade_vintage of that moment. `known_at` is an SQL
    expression: a time in UTC, or a parameter. The answer for a time in the past never changes.
      select * from core.trade_asof('2025-03-01') where is_additive and reporter_code = 'CHN'
-#}
{% macro trade_asof(known_at) -%}
    select *
    from {{ ref('fct_trade_vintage') }}
    where
        known_from <= cast({{ known_at }} as timestamp)
        and (known_to is null or known_to > cast({{ known_at }} as timestamp))
{%- endmacro %}
