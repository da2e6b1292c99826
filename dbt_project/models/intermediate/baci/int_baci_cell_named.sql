{{ config(tags=['heavy']) }}
-- The cells of BACI that a correction names, in the shape of a trade cell: trade_cell leaves these to the corrections.
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
    cell.net_weight_kg,
    cast(null as double) as quantity,
    cast(null as string) as quantity_unit_code,
    cell.valuation_code,
    'complete' as coverage,
    'reconciled' as cell_state,
    false as is_corrected,
    cast(null as decimal(18, 3)) as uncorrected_value_usd,
    cast(null as string) as publication_id,
    cell.file_id,
    cell.line,
    cell.is_base
from ({{ baci_cells() }}) as cell
inner join ({{ cells_named_by_a_correction('baci') }}) as named on {{ is_same_cell('cell', 'named') }}
