{#- Rows with both a value and a reason why there is none, or with neither. -#}
{% test null_or_reason(model, value, reason) %}

    select * from {{ model }} where ({{ value }} is null) = ({{ reason }} is null)

{% endtest %}
