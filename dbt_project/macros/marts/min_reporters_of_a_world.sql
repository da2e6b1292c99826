{#- Economies whose reports it takes before their sum stands for the world in an index. -#}
{% macro min_reporters_of_a_world() %} 10{% endmacro %}
