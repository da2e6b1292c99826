-- HS codes the records use, with the longest text any of them gives.
with
    named as (

        select product_key, commodity_name as product_name
        from {{ ref('int_comtrade_record_classified') }}
        where excluded_reason is null and n_digits > 0

        union all

        select distinct product_key, cast(null as varchar) as product_name
        from {{ ref('int_baci_cell') }}

        union all

        select distinct product_key, cast(null as varchar) as product_name
        from {{ ref('int_own_cell_chosen') }}
        where n_digits > 0

        union all

        select
            {{ hs_classification_code('file.hs_revision') }} || ':' || lpad(record.code, 6, '0') as product_key,
            record.description as product_name
        from {{ ref('stg_baci__product_code') }} as record
        inner join {{ ref('stg_landed__file') }} as file on record.file_id = file.file_id

    )

select product_key, max(product_name) as product_name
from named
group by product_key
