{{ config(materialized='ephemeral') }}
-- Products UN Comtrade's records name.
select product_key, commodity_name as product_name, 1 as preference, '' as release_label
from {{ ref('int_comtrade_record_classified') }}
where excluded_reason is null and n_digits > 0
