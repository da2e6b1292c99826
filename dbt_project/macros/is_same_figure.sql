{#- Whether two figures are one, but for what floating point does to the ninth digit and beyond. -#}
{% macro is_same_figure(figure, other) -%}
    (abs(cast({{ figure }} as double) - cast({{ other }} as double)) <= 1e-9 * abs(cast({{ other }} as double)))
{%- endmacro %}
