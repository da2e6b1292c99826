{{ config(materialized='ephemeral') }}
-- The cells of every source with their mistakes put right. Bounds are those of the reports of the cell, the corrected
-- one in place of the wrong one where it is the only report.
{%- set cell_key = ['source_code', 'reporter_code', 'partner_code', 'flow_code', 'product_key', 'period_code'] %}
with
    correction as (

        select
            {{ cell_key | join(', ') }},
            {% for measure in ['value_usd', 'value_original', 'quantity', 'net_weight_kg'] %}
                max(case when measure_code = '{{ measure }}' then new_value end) as {{ measure }}
                {{ ',' if not loop.last }}
            {% endfor %}
        from {{ ref('int_cell_correction_matched') }}
        where is_expected
        group by {{ cell_key | join(', ') }}

    )

select
    {% for name in cell_key %} cells.{{ name }}, {% endfor %}
    coalesce(cast(correction.value_usd as decimal(18, 3)), cells.value_usd) as value_usd,
    {% for bound, outermost in [('value_usd_min', 'least'), ('value_usd_max', 'greatest')] %}
        case
            when correction.value_usd is null
            then cells.{{ bound }}
            when cells.n_reports = 1
            then cast(correction.value_usd as decimal(18, 3))
            else {{ outermost }} (cells.{{ bound }}, cast(correction.value_usd as decimal(18, 3)))
        end as {{ bound }},
    {% endfor %}
    coalesce(
        cast(
            case
                when cells.original_currency_code = 'USD' then correction.value_usd else correction.value_original
            end as decimal(18, 3)
        ),
        cells.value_original
    ) as value_original,
    cells.original_currency_code,
    cells.n_reports,
    cells.choice_rule,
    coalesce(cast(correction.net_weight_kg as double), cells.net_weight_kg) as net_weight_kg,
    coalesce(cast(correction.quantity as double), cells.quantity) as quantity,
    cells.quantity_unit_code,
    cells.valuation_code,
    cells.coverage,
    cells.cell_state,
    cells.is_corrected or correction.source_code is not null as is_corrected,
    case
        when correction.value_usd is not null then cells.value_usd else cells.uncorrected_value_usd
    end as uncorrected_value_usd,
    cells.publication_id,
    cells.file_id,
    cells.line,
    cells.is_base,
    cells.original_currency_code is distinct from 'USD'
    or cells.n_reports > 1
    or cells.choice_rule <> 'only_report'
    or cells.publication_id is not null as has_detail,
    correction.source_code is not null as has_correction
from {{ ref('int_trade_cell_unioned') }} as cells
left join
    correction
    on {% for name in cell_key %} cells.{{ name }} = correction.{{ name }} {{ 'and' if not loop.last }} {% endfor %}
