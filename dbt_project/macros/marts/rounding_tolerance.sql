{#-
    How far a published month may lie from the difference of two published cumulative figures before they disagree:
    twice half the unit they are rounded to. Customs' own tables print 0.1 million dollars or 0.1 hundred million yuan,
    its bulletin a thousand dollars; what the press quotes is printed to the hundredth of a billion, and no better than
    to two such units once two publications are mixed.
-#}
{% macro rounding_tolerance(source_code, currency_code) -%}
    case
        when {{ source_code }} = 'gacc_bulletin'
        then 1000
        when {{ source_code }} = 'gacc' and {{ currency_code }} = 'CNY'
        then 10000000
        when {{ source_code }} = 'gacc'
        then 100000
        else 20000000
    end
{%- endmacro %}
