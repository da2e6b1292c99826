{#- The value, NULL or not, of the row of a group in which another column is least. -#}
{% macro value_at_first(value, least) -%}
    {{ 'min_by' if heavy_engine() == 'spark' else 'arg_min_null' }} ({{ value }}, {{ least }})
{%- endmacro %}
