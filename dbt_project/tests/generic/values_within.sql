{#- Values of columns below `lower` or above `upper`, a hair for rounding; a bound that is not given does not hold. -#}
{% test values_within(model, columns, lower=none, upper=none) %}

    {% for column in columns %}
        select '{{ column }}' as column_name, {{ column }}::double as value
        from {{ model }}
        where
            false
            {% if lower is not none %} or {{ column }} < {{ lower }} - 0.000000001 {% endif %}
            {% if upper is not none %} or {{ column }} > {{ upper }} + 0.000000001 {% endif %}
            {{ 'union all' if not loop.last }}
    {% endfor %}

{% endtest %}
