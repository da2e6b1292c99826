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

{#-
    Whether reports of two years, rows of pair_report_year or none, measure a measure alike: both turned into dollars at a
    rate or neither, and each flow the measure has valued alike.
-#}
{% macro is_measured_alike(measure, year, other) -%}
    (
        coalesce({{ year }}.is_converted, false) = coalesce({{ other }}.is_converted, false)
        {% for flow, opposite in [('exports', 'imports'), ('imports', 'exports')] %}
            and ({{ measure }} = '{{ opposite }}' or {{ is_valued_alike(year, other, flow) }})
        {% endfor %}
    )
{%- endmacro %}

{#- The reporter's own report a level of a year is from, to join: no row for a level of another period. -#}
{% macro own_report_of(level, alias) -%}
    {{ ref('pair_report_year') }} as {{ alias }}
    on {{ level }}.source_code = {{ alias }}.source_code
    and {{ level }}.reporter_code = {{ alias }}.reporter_code
    and {{ level }}.partner_code = {{ alias }}.partner_code
    and {{ level }}.period_code = {{ alias }}.year_number::varchar
    and {{ alias }}.report_basis = 'own'
{%- endmacro %}
