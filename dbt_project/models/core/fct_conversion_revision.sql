-- Products that convert otherwise than in the last release: what part of their value goes to other codes now.
with
    side_by_side as (

        select
            coalesce(past.from_product_key, present.from_product_key) as product_key,
            coalesce(past.to_revision, present.to_revision) as to_revision,
            cast(past.weight as decimal(13, 12)) as before_weight,
            cast(present.weight as decimal(13, 12)) as weight
        from {{ ref('stg_last_release__product_weight') }} as past
        full outer join
            {{ ref('bridge_product_revision') }} as present
            on past.from_product_key = present.from_product_key
            and past.to_product_key = present.to_product_key

    ),

    summed as (

        select
            product_key,
            to_revision,
            count(before_weight) as n_parts_before,
            count(weight) as n_parts,
            sum(abs(coalesce(weight, 0) - coalesce(before_weight, 0))) / 2 as moved_share
        from side_by_side
        group by product_key, to_revision

    )

select product_key, to_revision, cast(moved_share as decimal(13, 12)) as moved_share, n_parts_before, n_parts
from summed
where n_parts_before > 0 and n_parts > 0 and moved_share > 0
