-- HS codes the records use, each with one text: UN Comtrade's where its records carry one, else that of BACI's list of
-- products, of its newest release.
with
    named as (

        select product_key, commodity_name as product_name, 1 as preference, '' as release_label
        from {{ ref('int_comtrade_record_classified') }}
        where excluded_reason is null and n_digits > 0

        union all

        select product_key, cast(null as varchar) as product_name, 3 as preference, '' as release_label
        from {{ ref('int_baci_product') }}

        union all

        select distinct product_key, cast(null as varchar) as product_name, 3 as preference, '' as release_label
        from {{ ref('int_own_cell_chosen') }}
        where n_digits > 0

        union all

        select distinct product_key, cast(null as varchar) as product_name, 3 as preference, '' as release_label
        from {{ ref('int_comext_cell_chosen') }}
        where product_key <> 'TOTAL'

        union all

        select distinct product_key, cast(null as varchar) as product_name, 3 as preference, '' as release_label
        from {{ ref('int_census_cell_chosen') }}
        where n_digits > 0

        union all

        select
            {{ hs_classification_code('file.hs_revision') }} || ':' || lpad(record.code, 6, '0') as product_key,
            record.description as product_name,
            2 as preference,
            coalesce(file.release_label, '') as release_label
        from {{ ref('stg_baci__product_code') }} as record
        inner join {{ ref('stg_landed__file') }} as file on record.file_id = file.file_id

    ),

    ranked as (

        select
            product_key,
            product_name,
            row_number() over (
                partition by product_key
                order by
                    case when product_name is null then 1 else 0 end,
                    preference,
                    release_label desc nulls last,
                    product_name desc nulls last
            ) as position
        from named

    )

select product_key, product_name
from ranked
where position = 1
