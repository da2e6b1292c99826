{{ config(materialized='ephemeral') }}
-- Weights between any two HS revisions: the product of the weights between the neighbours on the way. A weight is
-- a decimal of twelve places, so that sums do not depend on the order of addition.
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
    {% endfor %}

{% for n in range(1, 7) %}
    select from_revision, from_code, to_revision, to_code, weight, weight_rank, {{ n }} as n_steps
    from step_{{ n }}
    where weight > 0 {{ 'union all' if not loop.last }}
{% endfor %}
