{#- How many years around the claimed period are searched for the period a figure really belongs to. -#}
{% macro nearby_years() %} 5{% endmacro %}
