{#- Whether an area was there in some part of a year. -#}
{% macro existed(area, year) -%}
    (
        {{ year }} >= coalesce(extract(year from {{ area }}.valid_from), 0)
        and {{ year }} <= coalesce(extract(year from {{ area }}.valid_to), 9999)
    )
{%- endmacro %}
