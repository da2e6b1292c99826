{#- Division, the only one in the project: NULL where the denominator is missing or zero. -#}
{% macro ratio(numerator, denominator) -%}
    (({{ numerator }})::double / nullif(({{ denominator }})::double, 0))
{%- endmacro %}
