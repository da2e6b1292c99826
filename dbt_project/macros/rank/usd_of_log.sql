{#- A sum of money from its logarithm; nothing is above a hundred trillion USD, more than the whole world trades. -#}
{% macro usd_of_log(expression) -%} least(exp({{ expression }}), 1e14)::decimal(18, 3) {%- endmacro %}
