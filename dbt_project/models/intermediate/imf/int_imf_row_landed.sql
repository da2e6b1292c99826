{{ config(materialized='ephemeral') }}
-- Records of IMF IMTS by raw file, with their value, current US dollars.
select file_id, count(*) as n_rows, sum(coalesce(value_usd, 0)) as value_usd
from {{ ref('stg_imf_imts__partner_trade') }}
group by file_id
