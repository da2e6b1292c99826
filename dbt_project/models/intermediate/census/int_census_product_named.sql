{{ config(materialized='ephemeral') }}
-- Products of the Census Bureau's records.
select distinct product_key, cast(null as varchar) as product_name, 3 as preference, '' as release_label
from {{ ref('int_census_cell_chosen') }}
where n_digits > 0
