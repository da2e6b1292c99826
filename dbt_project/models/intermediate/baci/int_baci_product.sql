{{ config(tags=['heavy']) }}
-- Products that BACI's records use, and those its lists name.
select distinct
    file.classification_code || ':' || lpad(used.k, 6, '0') as product_key,
    cast(null as string) as product_name,
    3 as preference,
    '' as release_label
from (select distinct file_id, k from {{ landed('baci', 'trade_year') }}) as used
inner join {{ ref('int_baci_file') }} as file on used.file_id = file.file_id

union all

select
    {{ hs_classification_code('file.hs_revision') }} || ':' || lpad(record.code, 6, '0'),
    record.description,
    2,
    coalesce(file.release_label, '')
from {{ landed('baci', 'product_code') }} as record
inner join {{ files_of_records() }} as file on record.file_id = file.file_id
