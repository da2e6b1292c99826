{#-
    How many robust standard deviations the unit value of a cell of priced_cell lies from the median of its product, a
    row of unit_value; NULL where the product has no band.
-#}
{% macro robust_z(cell, spread) -%}
    case
        when {{ cell }}.quantity > 0 and {{ cell }}.value_usd > 0 and {{ spread }}.band_low_usd is not null
        then
            {{
                ratio(
                    'abs(ln(' ~ ratio(cell ~ '.value_usd', cell ~ '.quantity * ' ~ spread ~ '.median_unit_value_usd') ~ '))',
                    spread ~ '.log_spread',
                )
            }}
    end
{%- endmacro %}

{#- Robust standard deviations from which on a unit value is an outlier. -#}
{% macro outlier_z() %} 3.5{% endmacro %}
