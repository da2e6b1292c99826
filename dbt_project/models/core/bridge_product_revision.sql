-- From any HS revision to any other: which codes, and what part of the value. A chain is the product of the weights
-- between the neighbours on the way. Weights of a code add up to exactly one, as decimals of twelve places, so that
-- sums do not depend on the order of addition. The tables leave two codes without a successor (H3 291636, H5 300219); a
-- chain that would end there goes to their siblings instead. What rounding left over goes to the largest counterpart.
-- Cost: 0.3 CPU s for 237,000 rows; converting a year of BACI is one hash join against 5,000 to 6,800 of them.
-- Reason for size: one CTE per step, and there are six from the first revision to the last.
with
    step_1 as (

        select
            from_revision,
            from_code,
            to_revision,
            to_code,
            cast(
                {{ ratio('weight', 'sum(weight) over (partition by from_revision, to_revision, from_code)') }}
                as decimal(13, 12)
            ) as weight,
            weight_rank,
            from_revision < to_revision as is_forward
        from {{ ref('int_product_weight_chosen') }}

    )
    {% for n in range(2, 7) %}
        ,

        step_{{ n }} as (

            select
                walked.from_revision,
                walked.from_code,
                next.to_revision,
                next.to_code,
                cast(sum(walked.weight * next.weight) as decimal(13, 12)) as weight,
                max(greatest(walked.weight_rank, next.weight_rank)) as weight_rank,
                walked.is_forward
            from step_{{ n - 1 }} as walked
            inner join
                step_1 as next
                on walked.to_revision = next.from_revision
                and walked.to_code = next.from_code
                and walked.is_forward = next.is_forward
            group by walked.from_revision, walked.from_code, next.to_revision, next.to_code, walked.is_forward

        )
    {% endfor %},

    chained as (

        {% for n in range(1, 7) %}
            select from_revision, from_code, to_revision, to_code, weight, weight_rank, {{ n }} as n_steps
            from step_{{ n }}
            where weight > 0 {{ 'union all' if not loop.last }}
        {% endfor %}

    ),

    scaled as (

        select
            *,
            cast(
                {{ ratio('weight', 'sum(weight) over (partition by from_revision, to_revision, from_code)') }}
                as decimal(13, 12)
            ) as share
        from chained

    ),

    summed as (

        select
            *,
            sum(share) over (partition by from_revision, to_revision, from_code) as row_sum,
            row_number() over (
                partition by from_revision, to_revision, from_code order by share desc nulls last, to_code
            ) as place
        from scaled

    ),

    weighed as (select *, case when place = 1 then share + 1 - row_sum else share end as weight_exact from summed),

    stacked as (

        select
            *,
            sum(weight_exact) over (
                partition by from_revision, to_revision, from_code order by to_code rows unbounded preceding
            ) as weight_upto
        from weighed

    )

select
    stacked.from_revision || ':' || stacked.from_code as from_product_key,
    stacked.from_revision,
    stacked.from_code,
    stacked.to_revision || ':' || stacked.to_code as to_product_key,
    stacked.to_revision,
    stacked.to_code,
    cast(stacked.weight_exact as double) as weight,
    cast(stacked.weight_upto - stacked.weight_exact as double) as weight_before,
    cast(stacked.weight_upto as double) as weight_upto,
    case stacked.weight_rank {{ weight_ladder(reverse=true) }} end as weight_method,
    cast(stacked.n_steps as bigint) as n_steps,
    family.family_code,
    left(stacked.from_code, 2) <> left(stacked.to_code, 2) as is_other_chapter
from stacked
inner join
    {{ ref('int_product_family') }} as family
    on family.lower_revision = least(stacked.from_revision, stacked.to_revision)
    and family.upper_revision = greatest(stacked.from_revision, stacked.to_revision)
    and family.hs_revision = stacked.from_revision
    and family.product_code = stacked.from_code
