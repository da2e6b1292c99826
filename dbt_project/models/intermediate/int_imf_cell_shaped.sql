{{ config(materialized='view') }}
-- The totals of IMF IMTS in the shape of a trade cell.
select
    source_code,
    reporter_code,
    partner_code,
    flow_code,
    'TOTAL' as product_key,
    period_code,
    value_usd,
    value_usd as value_usd_min,
    value_usd as value_usd_max,
    value_usd as value_original,
    'USD' as original_currency_code,
    1 as n_reports,
    'only_report' as choice_rule,
    cast(null as double) as net_weight_kg,
    cast(null as double) as quantity,
    cast(null as string) as quantity_unit_code,
    valuation_code,
    'download' as coverage,
    case when derivation_type = 'E' then 'estimated' else 'observed' end as cell_state,
    false as is_corrected,
    cast(null as decimal(18, 3)) as uncorrected_value_usd,
    cast(null as string) as publication_id,
    file_id,
    line,
    true as is_base
from {{ ref('int_imf_record_classified') }}
where excluded_reason is null
