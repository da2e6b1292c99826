{#- How far two reports of a figure may lie apart and still say the same: 0.1 %, or 0.05 points of growth. -#}
{% macro agreement_margin(measure_code, one, other) -%}
    case
        when {{ measure_code }} = 'yoy_pct' then 0.05000001
        else 0.001 * greatest(abs({{ one }}), abs({{ other }}))
    end
{%- endmacro %}
