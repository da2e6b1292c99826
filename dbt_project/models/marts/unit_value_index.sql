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

    -- what is divided by product, all partners together; what World shows beyond them is in no cell
    worlds as (

        select
            source_code,
            reporter_code,
            flow_code,
            period_code,
            sum(case when component_key <> 'residual' then value_usd end)::decimal(18, 3) as value_usd,
            sum(case when component_key <> 'residual' then before_usd end)::decimal(18, 3) as before_usd,
            coalesce(max(obstacle), case when sum(before_usd) = 0 then 'new' end) as obstacle,
            bool_or(is_across_revisions) as is_across_revisions
        from {{ ref('growth_component') }}
        where partner_code = {{ world_code() }} and component_kind = 'product'
        group by source_code, reporter_code, flow_code, period_code
        having bool_or(component_key <> 'residual')

    ),

    flows as (

        select *, {{ world_code() }} as partner_code
        from worlds

        union all by name

        select
            partner.source_code,
            partner.reporter_code,
            partner.flow_code,
            partner.period_code,
            partner.component_key as partner_code,
            partner.value_usd,
            partner.before_usd,
            case when partner.before_usd = 0 then 'new' end as obstacle,
            worlds.is_across_revisions
        from {{ ref('growth_component') }} as partner
        inner join
            worlds
            on partner.source_code = worlds.source_code
            and partner.reporter_code = worlds.reporter_code
            and partner.flow_code = worlds.flow_code
            and partner.period_code = worlds.period_code
        where
            partner.partner_code = {{ world_code() }}
            and partner.component_kind = 'partner'
            and partner.component_key not in ('residual', 'unknown')
            and worlds.value_usd is not null

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
