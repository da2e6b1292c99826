{#- Whether an HS code stands for goods not specified or kept confidential: 9999, 999999, 9999AA, 27RRR100. -#}
{% macro is_residual_product(code) -%} ({{ code }} like '9999%' or {{ code }} like '%RRR%') {%- endmacro %}
