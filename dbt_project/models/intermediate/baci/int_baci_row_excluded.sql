{{ config(materialized='ephemeral') }}
-- Rows of BACI whose economies no list knows.
select
    'baci' as source_code,
    pair.file_id,
    'unknown_area' as reason,
    pair.n_rows,
    pair.value_usd,
    pair.value_usd as value_original,
    'USD' as original_currency_code
from {{ ref('int_baci_pair_sum') }} as pair
inner join {{ ref('int_baci_file') }} as file on pair.file_id = file.file_id
left join {{ ref('int_baci_area') }} as exporter on file.list_number * 1000 + pair.i = exporter.area_key
left join {{ ref('int_baci_area') }} as importer on file.list_number * 1000 + pair.j = importer.area_key
where exporter.area_key is null or importer.area_key is null
