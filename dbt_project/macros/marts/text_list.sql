{#- Values of a group joined in a stated order: evidence for people, never parsed again. -#}
{% macro text_list(expression, order_by, separator=', ') -%}
    {{ return(adapter.dispatch('text_list')(expression, order_by, separator)) }}
{%- endmacro %}

{% macro default__text_list(expression, order_by, separator) -%}
    string_agg({{ expression }}, '{{ separator }}' order by {{ order_by }})
{%- endmacro %}

{% macro spark__text_list(expression, order_by, separator) -%}
    listagg({{ expression }}, '{{ separator }}') within group (order by {{ order_by }})
{%- endmacro %}
