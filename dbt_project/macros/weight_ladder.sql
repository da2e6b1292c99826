{#- Counterparts a code of a revision may have before most of them are taken for having given it scraps only. -#}
{% macro most_equal_counterparts() %} 10{% endmacro %}

{#- Rungs of the ladder of conversion weights, the surest first; a chain is as sure as its least sure link. -#}
{% macro weight_ladder(reverse=false) -%}
    {% for name in ['whole', 'published', 'estimated', 'kept_code', 'main_split', 'equal_split'] -%}
        {% if reverse -%} when {{ loop.index }} then '{{ name }}'
        {% else -%} when '{{ name }}' then {{ loop.index }}
        {% endif -%}
    {% endfor -%}
{%- endmacro %}
