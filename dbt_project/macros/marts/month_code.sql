{#- Code of a month (2021-M03) or of January and February together (2021-M01M02). -#}
{% macro month_code(year, start, months) -%}
    case
        when {{ months }} = 2
        then {{ year }}::varchar || '-M01M02'
        else {{ year }}::varchar || '-M' || lpad(extract(month from {{ start }})::integer::varchar, 2, '0')
    end
{%- endmacro %}
