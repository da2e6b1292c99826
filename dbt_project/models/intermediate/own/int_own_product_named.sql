{{ config(materialized='ephemeral') }}
-- Products of tables of one's own.
select distinct product_key, cast(null as varchar) as product_name, 3 as preference, '' as release_label
from {{ ref('int_own_cell_chosen') }}
where n_digits > 0
