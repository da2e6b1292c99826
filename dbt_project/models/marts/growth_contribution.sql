-- What each partner and each chapter contributed to the growth of a flow from one year to the next. Both years by one
-- source and from whole reports; what World shows beyond the partners is the residual. Contributions add up to growth.
{%- set flow = 'source_code, reporter_code, flow_code' %}
{%- set part = 'source_code, reporter_code, partner_code, flow_code, component_kind, component_key' %}
with
    parts as (

        select
            {{ flow }},
            {{ world_code() }} as partner_code,
            'partner' as component_kind,
            partner_code as component_key,
            period_code,
            value_usd
        from {{ ref('yearly_pair') }}
        union all
        select {{ flow }}, {{ world_code() }}, 'product', product_key, period_code, value_usd
        from {{ ref('yearly_pair') }}
        union all
        select {{ flow }}, partner_code, 'product', product_key, period_code, value_usd
        from {{ ref('yearly_pair') }}
        union all
        select {{ flow }}, {{ world_code() }}, kinds.component_kind, 'residual', period_code, world_usd - value_usd
        from {{ ref('yearly_report') }}
        cross join
            (
                select 'partner' as component_kind
                union all
                select 'product'
            ) as kinds
        where world_usd is not null

    ),

    changes as (

        {% for moment in ['period_code', 'before_period_code'] %}
            select
                {{ part }},
                years.period_code,
                years.has_products,
                {{ "parts.value_usd" if loop.first else "0" }} as value_usd,
                {{ "0" if loop.first else "parts.value_usd" }} as before_usd
            from parts
            inner join {{ ref('consecutive_report') }} as years using ({{ flow }})
            where parts.period_code = years.{{ moment }} and years.obstacle is null {{ 'union all' if not loop.last }}
        {% endfor %}

    ),

    summed as (

        select
            {{ part }},
            period_code,
            sum(value_usd)::decimal(18, 3) as value_usd,
            sum(before_usd)::decimal(18, 3) as before_usd
        from changes
        where component_kind = 'partner' or has_products
        group by {{ part }}, period_code

    ),

    totalled as (

        select
            *,
            sum(value_usd) over (partition by {{ flow }}, partner_code, component_kind, period_code)::decimal(
                18, 3
            ) as total_usd,
            sum(before_usd) over (partition by {{ flow }}, partner_code, component_kind, period_code)::decimal(
                18, 3
            ) as total_before_usd
        from summed

    )

select
    {{ part }},
    period_code,
    value_usd,
    before_usd,
    total_usd,
    total_before_usd,
    100 * {{ ratio('value_usd - before_usd', 'total_before_usd') }} as contribution_pct,
    100 * {{ ratio('total_usd - total_before_usd', 'total_before_usd') }} as growth_pct,
    case when total_before_usd = 0 then 'new' end as null_reason
from totalled

union all

select
    source_code,
    reporter_code,
    {{ world_code() }},
    flow_code,
    kinds.component_kind,
    'unknown',
    period_code,
    null,
    null,
    null,
    null,
    null,
    null,
    coalesce(obstacle, 'no_products')
from {{ ref('consecutive_report') }}
cross join
    (
        select 'partner' as component_kind
        union all
        select 'product'
    ) as kinds
where obstacle is not null or (kinds.component_kind = 'product' and not has_products)
