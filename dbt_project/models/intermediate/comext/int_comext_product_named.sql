{{ config(materialized='ephemeral') }}
-- Products of Eurostat's rows.
select distinct product_key, cast(null as varchar) as product_name, 3 as preference, '' as release_label
from {{ ref('int_comext_cell_chosen') }}
where product_key <> 'TOTAL'
