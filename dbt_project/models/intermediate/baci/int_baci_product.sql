{{ config(tags=['heavy']) }}
-- Products that BACI's records use.
select distinct file.classification_code || ':' || lpad(used.k, 6, '0') as product_key
from (select distinct file_id, k from {{ landed('baci', 'trade_year') }}) as used
inner join {{ ref('int_baci_file') }} as file on used.file_id = file.file_id
