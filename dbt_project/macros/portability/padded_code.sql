{#- A code with the leading zeros a spreadsheet took from it; a code that is long enough stays as it is. -#}
{% macro padded_code(code, digits) -%}
    lpad({{ code }}, cast(greatest(length({{ code }}), coalesce({{ digits }}, 0)) as integer), '0')
{%- endmacro %}
