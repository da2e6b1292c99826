{#- Rows whose lower bound is above the upper one. -#}
{% test bounds_in_order(model, lower, upper) %} select * from {{ model }} where {{ lower }} > {{ upper }} {% endtest %}
