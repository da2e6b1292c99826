-- Weights between neighbouring HS revisions, by the first rung of the ladder that knows the code: the correlation
-- table alone where it leaves no choice, published weights, our estimate, the same number, the even split over the main
-- counterparts or over all.
with
    candidate as (

        select from_revision, from_code, to_revision, to_code, weight, 'published' as weight_method
        from {{ ref('int_product_weight_published') }}

        union all

        select from_revision, from_code, to_revision, to_code, weight, 'estimated' as weight_method
        from {{ ref('int_product_weight_estimated') }}

        union all

        select from_revision, from_code, to_revision, to_code, assumed_weight as weight, assumed_method as weight_method
        from {{ ref('int_product_link') }}

    ),

    ranked as (select candidate.*, case weight_method {{ weight_ladder() }} end as weight_rank from candidate),

    chosen as (

        select *, min(weight_rank) over (partition by from_revision, to_revision, from_code) as best_rank from ranked

    )

select
    chosen.from_revision,
    chosen.from_code,
    chosen.to_revision,
    chosen.to_code,
    chosen.weight,
    chosen.weight_method,
    chosen.weight_rank,
    estimated.n_observations
from chosen
left join
    {{ ref('int_product_weight_estimated') }} as estimated
    on chosen.weight_method = 'estimated'
    and chosen.from_revision = estimated.from_revision
    and chosen.from_code = estimated.from_code
    and chosen.to_revision = estimated.to_revision
    and chosen.to_code = estimated.to_code
where chosen.weight_rank = chosen.best_rank and chosen.weight >= 0.000001
