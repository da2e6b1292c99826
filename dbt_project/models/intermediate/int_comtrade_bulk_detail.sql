-- What a bulk file holds beside its totals: trade by second partner, customs procedure and mode of transport.
select 'comtrade_bulk' as source_code, file_id, count(*) as n_rows, sum(primary_value) as value_usd
from {{ landed('comtrade_bulk', 'trade') }}
where not ({{ comtrade_is_whole() }})
group by file_id
