{{ config(meta={'parts': {'int_baci_file': 'int_baci_file'}, 'told': ['baci.trade_year']}) }}
-- What BACI's records of a pair add up to, in its own codes: what spans, rows without an economy, and the proof that
-- no row is lost are made of.
select
    file.source_code,
    file.period_code,
    record.file_id,
    record.t,
    cast(record.t || '-01-01' as date) as period_start,
    cast(record.t || '-12-31' as date) as period_end,
    record.i,
    record.j,
    count(*) as n_rows,
    cast(sum(cast(record.v * 1000 as decimal(18, 3))) as decimal(28, 3)) as value_usd
from {{ landed('baci', 'trade_year') }} as record
inner join {{ ref('int_baci_file') }} as file on record.file_id = file.file_id
group by file.source_code, file.period_code, record.file_id, record.t, record.i, record.j
