-- HS codes the records use, each with one text: of the source whose names are preferred (1 before 2), of the newest
-- release of its list. Some sources give codes alone.
with
    named as (

        {{
            union_of_feeds(
                'products',
                ['product_key', 'product_name', 'preference', 'release_label'],
            )
        }}
        union all
        select product_key, cast(null as varchar) as product_name, 3 as preference, '' as release_label
        from
            (
                select distinct product_key
                from ({{ union_of_feeds('product_codes', ['product_key'], shared=['int_own_cell_chosen']) }}) as cells
            ) as codes
        where product_key like 'H_:%'

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
