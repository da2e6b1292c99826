{#- Two rows with the same grain. NULL counts as a value: a missing part of the key does not excuse a duplicate. -#}
{% test unique_grain(model, columns) %}

    select {{ columns | join(', ') }}, count(*) as n_rows
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1

{% endtest %}
