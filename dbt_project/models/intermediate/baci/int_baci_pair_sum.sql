{{ config(tags=['heavy']) }}
-- What BACI's records of a pair add up to, in its own codes: what spans, rows without an economy, and the proof that
-- no row is lost are made of.
select file_id, t, i, j, count(*) as n_rows, cast(sum(cast(v * 1000 as decimal(18, 3))) as decimal(28, 3)) as value_usd
from {{ ref('stg_baci__trade_year') }}
group by file_id, t, i, j
