{{ config(materialized='ephemeral') }}
-- Figures of tables of one's own by raw file, with their value where it is in US dollars and no quantity.
select
    file_id,
    count(*) as n_rows,
    sum(case when currency_code = 'USD' and flow_term <> '-' then coalesce(value_original, 0) else 0 end) as value_usd
from {{ ref('stg_own__trade') }}
group by file_id
