{{ config(materialized='ephemeral') }}
-- Products of BACI's rows, and those its lists name.
select product_key, cast(null as varchar) as product_name, 3 as preference, '' as release_label
from {{ ref('int_baci_product') }}

union all

select
    {{ hs_classification_code('file.hs_revision') }} || ':' || lpad(record.code, 6, '0'),
    record.description,
    2,
    coalesce(file.release_label, '')
from {{ landed('baci', 'product_code') }} as record
inner join {{ files_of_records() }} as file on record.file_id = file.file_id
