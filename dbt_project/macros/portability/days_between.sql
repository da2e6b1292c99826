{#- Whole days from one time to another, by their dates. -#}
{% macro days_between(earlier, later) -%}
    {%- if heavy_engine() == 'spark' -%}
        cast(datediff(cast({{ later }} as date), cast({{ earlier }} as date)) as bigint)
    {%- else -%} date_diff('day', cast({{ earlier }} as timestamp), cast({{ later }} as timestamp))
    {%- endif -%}
{%- endmacro %}
