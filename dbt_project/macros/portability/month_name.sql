{#- English names of the months, in their order. -#}
{% macro month_names() -%}
    {{
        return([
            'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
            'November', 'December'
        ])
    }}
{%- endmacro %}

{#- English name of the month of a day, whatever the locale of the engine. -#}
{% macro month_name(day) -%}
    case
        extract(month from {{ day }})
        {% for name in month_names() -%} when {{ loop.index }} then '{{ name }}' {% endfor -%}
    end
{%- endmacro %}
