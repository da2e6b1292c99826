{{ config(
    tags=['cells'],
    meta={
        'parts': {'int_baci_file': 'int_baci_file', 'int_trade_cell_part': []},
        'told': ['baci.trade_year'] + made_into_priced_cells(),
    }
) }}
-- depends_on: {{ ref('int_trade_cell_part') }}
-- Every trade cell once. What few cells have stands in trade_cell_detail; without a detail_id a cell is one report,
-- published in dollars, chosen without a choice and not corrected. value_original is kept where it is not the dollars.
-- All cells of BACI are such but those a correction names, so they go in as they are.
select
    source_code,
    reporter_code,
    partner_code,
    flow_code,
    product_key,
    period_code,
    value_usd,
    case when original_currency_code <> 'USD' then value_original end as value_original,
    net_weight_kg,
    quantity,
    quantity_unit_code,
    valuation_code,
    coverage,
    cell_state,
    is_additive,
    case when has_detail or has_correction then {{ trade_cell_detail_id() }} end as detail_id,
    file_id,
    line
from ({{ priced_cells() }}) as cell

union all

select
    cell.source_code,
    cell.reporter_code,
    cell.partner_code,
    cell.flow_code,
    cell.product_key,
    cell.period_code,
    cell.value_usd,
    cast(null as decimal(18, 3)) as value_original,
    cell.net_weight_kg,
    cast(null as double) as quantity,
    cast(null as string) as quantity_unit_code,
    cell.valuation_code,
    'complete' as coverage,
    'reconciled' as cell_state,
    cell.is_additive,
    cast(null as bigint) as detail_id,
    cell.file_id,
    cell.line
from ({{ baci_cells(baci_records_by_exporter()) }}) as cell
left join ({{ cells_named_by_a_correction('baci') }}) as named on {{ is_same_cell('cell', 'named') }}
where named.source_code is null
