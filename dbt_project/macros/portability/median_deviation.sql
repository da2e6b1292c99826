{#- Median of how far values lie from their median. -#}
{% macro median_deviation(expression) -%} mad({{ expression }}) {%- endmacro %}
