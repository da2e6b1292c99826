{{ config(materialized='ephemeral') }}
-- The cells of the Census Bureau in the shape of a trade cell.
select
    cell.source_code,
    cell.reporter_code,
    cell.partner_code,
    cell.flow_code,
    cell.product_key,
    cell.period_code,
    cell.value_usd,
    cell.value_usd as value_usd_min,
    cell.value_usd as value_usd_max,
    cell.value_usd as value_original,
    'USD' as original_currency_code,
    1 as n_reports,
    'only_report' as choice_rule,
    cast(null as double) as net_weight_kg,
    cast(null as double) as quantity,
    cast(null as varchar) as quantity_unit_code,
    {{ valuation_code('cell.flow_code', 'source') }} as valuation_code,
    'complete' as coverage,
    'observed' as cell_state,
    false as is_corrected,
    cast(null as decimal(18, 3)) as uncorrected_value_usd,
    cast(null as varchar) as publication_id,
    cell.file_id,
    cell.line,
    cell.is_base
from {{ ref('int_census_cell_chosen') }} as cell
inner join {{ ref('stg_ledger__source') }} as source on cell.source_code = source.source_code
