{#- As unique_grain, for models of millions of rows: grouped by a number made of the key, and only where that repeats
    by the key itself. -#}
{% test unique_cells(model, columns) %}

    select {{ columns | join(', ') }}, count(*) as n_rows
    from {{ model }}
    where
        {{ row_number_of(columns) }} in (
            select key_number
            from (select {{ row_number_of(columns) }} as key_number from {{ model }}) as numbered
            group by key_number
            having count(*) > 1
        )
    group by {{ columns | join(', ') }}
    having count(*) > 1

{% endtest %}
