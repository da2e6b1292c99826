{#-
    The regular spans inside a year by their first and last month: the months, the quarters, January to every later
    month, and so the year.
-#}
{% macro calendar_spans() -%}
    select first_month.number as first_month, last_month.number as last_month
    from ({{ number_rows(1, 12) }}) as first_month
    cross join ({{ number_rows(1, 12) }}) as last_month
    where
        first_month.number = last_month.number
        or (first_month.number = 1 and last_month.number > 1)
        or (first_month.number in (4, 7, 10) and last_month.number = first_month.number + 2)
{%- endmacro %}
