{#- Growth over the figure before, percent: none where both are zero, unknown where only the figure before is. -#}
{% macro growth_pct(figure, before) -%}
    (case when {{ figure }} = 0 and {{ before }} = 0 then 0 else 100 * ({{ ratio(figure, before) }} - 1) end)
{%- endmacro %}

{#-
    Whether a flow of two years is valued alike, so that they may be compared; a year without trade, or whose valuation nobody
    states, contradicts nothing, one of several valuations compares with none.
-#}
{% macro is_valued_alike(year, other, flow) -%}
    (
        coalesce({{ year }}.{{ flow }}_valuation_code, {{ other }}.{{ flow }}_valuation_code, '')
        = coalesce({{ other }}.{{ flow }}_valuation_code, {{ year }}.{{ flow }}_valuation_code, '')
        and coalesce({{ year }}.{{ flow }}_valuation_code, {{ other }}.{{ flow }}_valuation_code, '') <> 'mixed'
    )
{%- endmacro %}
