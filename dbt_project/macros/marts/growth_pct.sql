{#- Growth over the figure before, percent: none where both are zero, unknown where only the figure before is. -#}
{% macro growth_pct(figure, before) -%}
    (case when {{ figure }} = 0 and {{ before }} = 0 then 0 else 100 * ({{ ratio(figure, before) }} - 1) end)
{%- endmacro %}
