{#-
    Whether a printed total is the sum of its two printed parts but for rounding: each of the three may be off by half
    the last digit it is printed with, in billions.
-#}
{% macro adds_up(total, one, other) -%}
    (
        abs({{ total }} - {{ one }} - {{ other }})
        <= {{ half_last_digit(total) }} + {{ half_last_digit(one) }} + {{ half_last_digit(other) }}
    )
{%- endmacro %}

{#- Half the last digit of an amount as printed in billions, in its unit. -#}
{% macro half_last_digit(amount) -%}
    (0.5 * power(10, 9 - {{ printed_decimals('cast(' ~ amount ~ ' * 0.000000001 as decimal(18, 9))') }}))
{%- endmacro %}
