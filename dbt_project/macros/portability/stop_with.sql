{#- Stops the statement with a text and what the rows of a group say of themselves. -#}
{% macro stop_with(told, text) -%} error('{{ text }}' || string_agg({{ told }}, '; ')) {%- endmacro %}
