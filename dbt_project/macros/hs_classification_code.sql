{#- HS92 and its successors by the codes UN Comtrade gives them, H0 to H6. -#}
{% macro hs_classification_code(hs_revision) -%}
    case
        {{ hs_revision }}
        {% for name in ['HS92', 'HS96', 'HS02', 'HS07', 'HS12', 'HS17', 'HS22'] -%}
            when '{{ name }}' then 'H{{ loop.index0 }}'
        {% endfor -%}
        else 'HS'
    end
{%- endmacro %}
