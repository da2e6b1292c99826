{{ config(materialized='ephemeral') }}
-- Records of IMF IMTS that are no trade cell, with the reason.
select
    source_code,
    file_id,
    excluded_reason as reason,
    1 as n_rows,
    coalesce(value_usd, 0) as value_usd,
    coalesce(value_usd, 0) as value_original,
    'USD' as original_currency_code
from {{ ref('int_imf_record_classified') }}
where excluded_reason is not null
