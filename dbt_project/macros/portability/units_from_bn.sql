{#- Billions to units, in the money type of the warehouse. -#}
{% macro units_from_bn(figure) -%}
    cast(cast({{ figure }} as decimal(28, 9)) * 1000000000 as decimal(18, 3))
{%- endmacro %}
