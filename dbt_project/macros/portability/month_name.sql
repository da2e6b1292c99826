{#- English name of the month of a day, whatever the locale of the engine. -#}
{% macro month_name(day) -%}
    case
        extract(month from {{ day }})
        {% for name in ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'] -%}
            when {{ loop.index }} then '{{ name }}'
        {% endfor -%}
    end
{%- endmacro %}
