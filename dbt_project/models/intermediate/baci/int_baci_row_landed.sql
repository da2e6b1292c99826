{{ config(materialized='ephemeral') }}
-- Rows of BACI by raw file, with their value, current US dollars.
select file_id, sum(n_rows) as n_rows, sum(value_usd) as value_usd
from {{ ref('int_baci_pair_sum') }}
group by file_id
