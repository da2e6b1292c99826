{{ config(materialized='ephemeral') }}
-- Records of IMF IMTS by raw file, with their value, current US dollars.
select file_id, count(*) as n_rows, sum(coalesce(value_usd, 0)) as value_usd
from {{ landed('imf_imts', 'partner_trade') }}
group by file_id
