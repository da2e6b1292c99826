{#- A decimal as people write it: no trailing zeros, no trailing point. -#}
{% macro number_text(expression) -%}
    trim(trailing '.' from trim(trailing '0' from ({{ expression }})::decimal(18, 3)::varchar))
{%- endmacro %}

{#- A percentage as text: one digit after the point, two below one percent. -#}
{% macro percent_text(expression) -%}
    case
        when abs({{ expression }}) < 1
        then {{ number_text('round(' ~ expression ~ ', 2)') }}
        else {{ number_text('round(' ~ expression ~ ', 1)') }}
    end
{%- endmacro %}

{#- A figure in the unit of a statement as text. -#}
{% macro figure_text(expression, unit) -%}
    case when {{ unit }} = 'percent' then {{ percent_text(expression) }} else {{ number_text(expression) }} end
{%- endmacro %}

{#- The same for a figure found: a percentage computed here has its digit after the point also where that is a zero, one that
    was published is as precise as it was printed. -#}
{% macro found_text(expression, unit, rule) -%}
    case
        when {{ unit }} = 'percent' and {{ rule }} <> 'published' and abs({{ expression }}) >= 1
        then round({{ expression }}, 1)::decimal(18, 1)::varchar
        else {{ figure_text(expression, unit) }}
    end
{%- endmacro %}

{#- Words for a unit code of a statement. -#}
{% macro unit_text(expression) -%}
    case
        {{ expression }}
        when 'usd_bn'
        then ' bn USD'
        when 'percent'
        then ' %'
        when 'percentage_points'
        then ' percentage points'
        when 'times'
        then ' times'
        when 'years'
        then ' years'
        else ''
    end
{%- endmacro %}

{#- A number with its noun in the right number. -#}
{% macro counted(expression, noun) -%}
    {{ expression }}::varchar || ' {{ noun }}' || case when {{ expression }} = 1 then '' else 's' end
{%- endmacro %}

{#- From where to where the reports of a side go, in brackets behind the figure found; the row has `found_low`, `found_high`
    and `unit_code`. -#}
{% macro range_of_reports_text() -%}
    ' (its reports range from '
    || {{ figure_text('found_low', 'unit_code') }}
    || ' to '
    || {{ figure_text('found_high', 'unit_code') }}
    || ')'
{%- endmacro %}
