{{ config(materialized='ephemeral') }}
-- The cells of tables of one's own in the shape of a trade cell.
select
    cell.source_code,
    cell.reporter_code,
    cell.partner_code,
    cell.flow_code,
    cell.product_key,
    cell.period_code,
    case when cell.currency_code = 'USD' then cell.value_original end as value_usd,
    case when cell.currency_code = 'USD' then cell.value_original end as value_usd_min,
    case when cell.currency_code = 'USD' then cell.value_original end as value_usd_max,
    cell.value_original,
    cell.currency_code as original_currency_code,
    cell.n_reports,
    cell.choice_rule,
    cell.net_weight_kg,
    {{ base_quantity('cell.quantity', 'unit') }} as quantity,
    coalesce(unit.base_unit, unit.unit_code, cell.quantity_unit_term) as quantity_unit_code,
    {{ valuation_code('cell.flow_code', 'source') }} as valuation_code,
    cell.coverage,
    'observed' as cell_state,
    false as is_corrected,
    cast(null as decimal(18, 3)) as uncorrected_value_usd,
    cast(null as varchar) as publication_id,
    cell.file_id,
    cell.line,
    cell.is_base
from {{ ref('int_own_cell_chosen') }} as cell
inner join {{ ref('stg_ledger__source') }} as source on cell.source_code = source.source_code
left join {{ ref('quantity_unit') }} as unit on cell.quantity_unit_term = unit.unit_term
