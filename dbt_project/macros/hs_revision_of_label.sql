{#- H0 to H6 from any way people write a revision: H5, HS17, HS2017; empty where it is none of them. -#}
{% macro hs_revision_of_label(label) -%}
    case
        {% for year in ['92', '96', '02', '07', '12', '17', '22'] -%}
            when
                {{ label }}
                in ('H{{ loop.index0 }}', 'HS{{ year }}', 'HS{{ ' 19 ' if year > ' 50 ' else ' 20 ' }}{{ year }}')
            then 'H{{ loop.index0 }}'
        {% endfor -%}
    end
{%- endmacro %}
