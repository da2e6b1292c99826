{#- Dollars as billions of dollars, the unit statements are made in. -#}
{% macro usd_bn(expression) -%} ({{ ratio(expression, '1000000000') }})::decimal(18, 6) {%- endmacro %}
