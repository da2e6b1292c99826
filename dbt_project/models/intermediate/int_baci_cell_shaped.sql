{{ config(materialized='ephemeral') }}
-- The cells of BACI in the shape of a trade cell.
select
    'baci' as source_code,
    cell.reporter_code,
    cell.partner_code,
    'X' as flow_code,
    cell.product_key,
    cell.period_code,
    cell.value_usd,
    cell.value_usd as value_usd_min,
    cell.value_usd as value_usd_max,
    cell.value_usd as value_original,
    'USD' as original_currency_code,
    1 as n_reports,
    'only_report' as choice_rule,
    cell.net_weight_kg,
    cast(null as double) as quantity,
    cast(null as varchar) as quantity_unit_code,
    source.valuation_exports as valuation_code,
    'complete' as coverage,
    'reconciled' as cell_state,
    cast(null as varchar) as publication_id,
    cell.file_id,
    cell.line,
    cell.is_base
from {{ ref('int_baci_cell') }} as cell
inner join {{ ref('stg_ledger__source') }} as source on source.source_code = 'baci'
where cell.reporter_code is not null and cell.partner_code is not null
