{#- H0 to H6 from any way people write a revision: H5, HS17, HS2017; empty where it is none of them. -#}
{% macro hs_revision_of_label(label) -%}
    case
        {% for year in [1992, 1996, 2002, 2007, 2012, 2017, 2022] -%}
            when {{ label }} in ('H{{ loop.index0 }}', 'HS{{ (year | string)[2:] }}', 'HS{{ year }}')
            then 'H{{ loop.index0 }}'
        {% endfor -%}
    end
{%- endmacro %}
