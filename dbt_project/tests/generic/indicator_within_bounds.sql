{#- Values outside the bounds the definition of the index states; a hair for rounding. -#}
{% test indicator_within_bounds(model) %}

    select measured.indicator_code, measured.value, definition.lower_bound, definition.upper_bound
    from {{ model }} as measured
    inner join {{ ref('dim_indicator') }} as definition on measured.indicator_code = definition.indicator_code
    where measured.value < definition.lower_bound - 0.000000001 or measured.value > definition.upper_bound + 0.000000001

{% endtest %}
