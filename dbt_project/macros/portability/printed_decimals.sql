{#- How many decimals a figure carries once trailing zeros are gone: the more, the more precise the report. -#}
{% macro printed_decimals(figure) -%}
    length(rtrim(split_part(cast({{ figure }} as varchar), '.', 2), '0'))
{%- endmacro %}
