{{ config(materialized='ephemeral') }}
-- The chosen cells of the quoted publications in the shape of a trade cell.
select
    source_code,
    reporter_code,
    partner_code,
    flow_code,
    product_key,
    period_code,
    value_usd,
    value_usd_min,
    value_usd_max,
    coalesce(value_cny, value_usd) as value_original,
    case when value_cny is not null then 'CNY' when value_usd is not null then 'USD' end as original_currency_code,
    n_reports,
    choice_rule,
    cast(null as double) as net_weight_kg,
    quantity,
    quantity_unit_code,
    valuation_code,
    coverage,
    'observed' as cell_state,
    is_corrected,
    uncorrected_value_usd,
    publication_id,
    file_id,
    line,
    product_key = 'TOTAL' as is_base
from {{ ref('int_quoted_cell_chosen') }}
