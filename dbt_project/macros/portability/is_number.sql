{#- Whether a text consists of digits only. -#}
{% macro is_number(text) -%} (translate({{ text }}, '0123456789', '') = '') {%- endmacro %}
