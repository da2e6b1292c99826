-- How much of a change in value is unit values and how much volume: Laspeyres, Paasche and Fisher indices over cells
-- (partner, product, unit) matched in both years, outliers left out, and the value of the whole flow deflated by
-- Fisher.
{%- set pair = 'source_code, reporter_code, partner_code, flow_code, period_code' %}
with
    -- the pairs, and all partners together
    sums as (

        {% for partner in ['partner_code', world_code()] %}
            select
                source_code,
                reporter_code,
                {{ partner }} as partner_code,
                flow_code,
                period_code,
                sum(n_matched) as n_matched,
                sum(matched_before_usd) as matched_before_usd,
                sum(matched_usd) as matched_usd,
                {{ exact_sum('old_basket_usd') }} as old_basket_usd,
                {{ exact_sum('new_basket_before_usd') }} as new_basket_before_usd
            from {{ ref('matched_price') }}
            group by all {{ 'union all' if not loop.last }}
        {% endfor %}

    ),

    flows as (

        select
            {{ pair }},
            sum(value_usd)::decimal(18, 3) as value_usd,
            sum(before_usd)::decimal(18, 3) as before_usd,
            max(null_reason) as obstacle,
            bool_or(is_across_revisions) as is_across_revisions
        from {{ ref('growth_contribution') }}
        where component_kind = 'product' and component_key <> 'residual'
        group by {{ pair }}

    ),

    measured as (

        select
            {{ pair }},
            flows.value_usd,
            flows.before_usd,
            coalesce(sums.n_matched, 0) as n_matched,
            coalesce(
                least(
                    {{ ratio('sums.matched_usd', 'flows.value_usd') }},
                    {{ ratio('sums.matched_before_usd', 'flows.before_usd') }}
                ),
                0
            ) as coverage,
            {{ ratio('sums.old_basket_usd', 'sums.matched_before_usd') }} as laspeyres,
            {{ ratio('sums.matched_usd', 'sums.new_basket_before_usd') }} as paasche,
            flows.obstacle,
            flows.is_across_revisions
        from flows
        left join sums using ({{ pair }})

    ),

    reasoned as (

        select *, coalesce(obstacle, case when coverage < 0.5 then 'half_not_matched' end) as null_reason from measured

    )

select
    {{ pair }},
    value_usd,
    before_usd,
    n_matched::bigint as n_matched,
    case when obstacle is null then 100 * coverage end as coverage_pct,
    case when null_reason is null then laspeyres end as unit_value_laspeyres,
    case when null_reason is null then paasche end as unit_value_paasche,
    case when null_reason is null then sqrt(laspeyres * paasche) end as unit_value_fisher,
    case
        when null_reason is null then {{ ratio(ratio('value_usd', 'before_usd'), 'sqrt(laspeyres * paasche)') }}
    end as volume_fisher,
    is_across_revisions,
    null_reason
from reasoned
