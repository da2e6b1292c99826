{{ config(materialized='ephemeral') }}
-- The cells of Eurostat in the shape of a trade cell: published in euro only.
select
    'comext' as source_code,
    cell.reporter_code,
    cell.partner_code,
    cell.flow_code,
    cell.product_key,
    cell.period_code,
    cast(null as decimal(18, 3)) as value_usd,
    cast(null as decimal(18, 3)) as value_usd_min,
    cast(null as decimal(18, 3)) as value_usd_max,
    cell.value_eur as value_original,
    'EUR' as original_currency_code,
    cell.n_reports,
    cell.choice_rule,
    cell.net_weight_kg,
    cast(null as double) as quantity,
    cast(null as varchar) as quantity_unit_code,
    {{ valuation_code('cell.flow_code', 'source') }} as valuation_code,
    'download' as coverage,
    'observed' as cell_state,
    false as is_corrected,
    cast(null as decimal(18, 3)) as uncorrected_value_usd,
    cast(null as varchar) as publication_id,
    cell.file_id,
    cell.line,
    cell.is_base
from {{ ref('int_comext_cell_chosen') }} as cell
inner join {{ ref('stg_ledger__source') }} as source on source.source_code = 'comext'
