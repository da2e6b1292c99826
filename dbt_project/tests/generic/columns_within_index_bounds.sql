{#- Values of columns named as indices are, outside the bounds core.dim_indicator states; a hair for rounding. -#}
{% test columns_within_index_bounds(model, columns) %}

    {% for column in columns %}
        select definition.indicator_code, measured.{{ column }} as value
        from {{ model }} as measured
        cross join {{ ref('dim_indicator') }} as definition
        where
            definition.indicator_code = '{{ column }}'
            and (
                measured.{{ column }} < definition.lower_bound - 0.000000001
                or measured.{{ column }} > definition.upper_bound + 0.000000001
            )
            {{ 'union all' if not loop.last }}
    {% endfor %}

{% endtest %}
