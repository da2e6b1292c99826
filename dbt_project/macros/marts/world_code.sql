{#- Area code of the World, the partner a total is reported against. -#}
{% macro world_code() %} 'WLD'{% endmacro %}
