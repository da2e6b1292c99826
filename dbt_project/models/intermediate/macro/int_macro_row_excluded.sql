{{ config(materialized='ephemeral') }}
-- Records of the size of an economy that are none of its figures, with the reason; they have no value in money.
select
    source_code,
    file_id,
    excluded_reason as reason,
    1 as n_rows,
    0 as value_usd,
    0 as value_original,
    'USD' as original_currency_code
from {{ ref('int_macro_record_classified') }}
where excluded_reason is not null
