{#- Rows whose parts do not add up to their total; a cent for each part's rounding. -#}
{% test effects_add_up(model, total, parts) %}

    select * from {{ model }} where abs({{ total }} - ({{ parts | join(' + ') }})) > 0.01

{% endtest %}
