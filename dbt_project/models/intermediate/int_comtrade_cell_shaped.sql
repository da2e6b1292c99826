{{ config(materialized='ephemeral') }}
-- The cells of UN Comtrade, however they came, in the shape of a trade cell. How a cell is valued its records say
-- themselves, else the publisher's note on the dataset, else what is usual.
select
    cell.source_code,
    cell.reporter_code,
    cell.partner_code,
    cell.flow_code,
    cell.product_key,
    cell.period_code,
    cell.value_usd,
    cell.value_usd_min,
    cell.value_usd_max,
    cell.value_usd as value_original,
    'USD' as original_currency_code,
    cell.n_reports,
    cell.choice_rule,
    cell.net_weight_kg,
    {{ base_quantity('cell.quantity', 'unit') }} as quantity,
    coalesce(unit.base_unit, unit.unit_code) as quantity_unit_code,
    coalesce(
        cell.valuation_code, valuation.valuation_code, {{ valuation_code('cell.flow_code', 'source') }}
    ) as valuation_code,
    'download' as coverage,
    'observed' as cell_state,
    false as is_corrected,
    cast(null as decimal(18, 3)) as uncorrected_value_usd,
    cast(null as varchar) as publication_id,
    cell.file_id,
    cell.line,
    cell.is_base
from {{ ref('int_comtrade_cell_chosen') }} as cell
inner join {{ ref('stg_ledger__source') }} as source on cell.source_code = source.source_code
left join {{ ref('quantity_unit') }} as unit on cell.qty_unit_code = unit.unit_term
left join
    {{ ref('int_comtrade_valuation_noted') }} as valuation
    on cell.reporter_code = valuation.reporter_code
    and cell.period_code = valuation.period_code
    and right(cell.flow_code, 1) = valuation.flow_code
