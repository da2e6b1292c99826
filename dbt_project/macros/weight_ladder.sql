{#- Rungs of the ladder of conversion weights, the surest first; a chain is as sure as its least sure link. -#}
{% macro weight_ladder(reverse=false) -%}
    {% for name in ['whole', 'published', 'estimated', 'kept_code', 'equal_split'] -%}
        {% if reverse -%} when {{ loop.index }} then '{{ name }}'
        {% else -%} when '{{ name }}' then {{ loop.index }}
        {% endif -%}
    {% endfor -%}
{%- endmacro %}
