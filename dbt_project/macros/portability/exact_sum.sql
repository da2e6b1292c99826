{#-
    Sum of fractions that does not depend on the order of the rows, which threads decide: added as decimals of so many
    places, not as floating point numbers. A rebuild gives the same digits only so.
-#}
{% macro exact_sum(expression, places=6) -%}
    cast(sum(cast({{ expression }} as decimal(38, {{ places }}))) as double)
{%- endmacro %}

{#- What exact_sum makes of a single row; a whole number needs no decimals on the way. -#}
{% macro exact_double(expression, places=6) -%}
    case
        when abs({{ expression }}) < 9007199254740992 and {{ expression }} = floor({{ expression }})
        then {{ expression }}
        else cast(cast({{ expression }} as decimal(38, {{ places }})) as double)
    end
{%- endmacro %}
