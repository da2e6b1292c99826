{#-
    How far two reports of a figure may lie apart and still say the same: 0.1 %, or 0.05 points of growth.
    The margin of growth is a hair wider than that, because 35.85 - 35.8 is not exactly 0.05 in binary.
-#}
{% macro agreement_margin(measure_code, one, other) -%}
    case when {{ measure_code }} = 'yoy_pct' then 0.050001 else 0.001 * greatest(abs({{ one }}), abs({{ other }})) end
{%- endmacro %}
