{#- Code of the HS revision in force in a year, which the Combined Nomenclature of the year is built on. -#}
{% macro hs_revision_of_year(year) -%}
    case
        {% for first, code in [(2022, 'H6'), (2017, 'H5'), (2012, 'H4'), (2007, 'H3'), (2002, 'H2'), (1996, 'H1')] -%}
            when {{ year }} >= {{ first }} then '{{ code }}'
        {% endfor -%}
        else 'H0'
    end
{%- endmacro %}
