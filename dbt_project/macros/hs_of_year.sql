{#- The HS revision in force in a year, by the code UN Comtrade gives it; each begins with a January. -#}
{% macro hs_of_year(year_text) -%}
    case
        {% for first_year, code in [(2022, 'H6'), (2017, 'H5'), (2012, 'H4'), (2007, 'H3'), (2002, 'H2'), (1996, 'H1')] -%}
            when cast({{ year_text }} as integer) >= {{ first_year }} then '{{ code }}'
        {% endfor -%}
        else 'H0'
    end
{%- endmacro %}
