{{ config(materialized='ephemeral') }}
-- Records of UN Comtrade by raw file, before any is chosen, with their value, current US dollars.
select file_id, count(*) as n_rows, sum(value_usd) as value_usd
from {{ ref('int_comtrade_record_unioned') }}
where source_code <> 'comtrade_bulk'
group by file_id

union all

select file_id, count(*), sum(primary_value)
from {{ landed('comtrade_bulk', 'trade') }}
group by file_id
