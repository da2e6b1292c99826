{{ config(materialized="by_period", meta={'parts': {'growth_component': 'growth_component'}}) }}
-- What an economy's exports would have done with constant market shares, and what it gained or lost beyond: Leamer and
-- Stern (1970), by partner and HS chapter, the world being the economies with comparable whole reports in both years.
-- Reason for size: the growth of the world, of a product and of a market is one idea, asked three times.
{%- set exporter = 'source_code, reporter_code, period_code' %}
{%- set world = 'source_code, period_code, is_unallocated' %}
{%- set product = world ~ ', product_key' %}
{%- set market = product ~ ', partner_code' %}
with
    exports as (

        select
            source_code,
            reporter_code,
            partner_code,
            component_key as product_key,
            period_code,
            value_usd,
            before_usd,
            component_key = 'unallocated' as is_unallocated
        from ({{ growth_of_pairs() }}) as chapters
        where flow_code = 'X' and {{ in_batch('period_code') }}

    ),

    -- each is added up from the one before, and only markets are joined to exports: of these there are millions
    {% for name, keys, relation, change in [
        ('markets', market, 'exports', 'value_usd - before_usd'),
        ('products', product, 'markets', 'change_usd'),
        ('worlds', world, 'products', 'change_usd'),
    ] %}
        {{ name }} as (

            select {{ keys }}, sum({{ change }}) as change_usd, sum(before_usd) as before_usd
            from {{ relation }}
            group by {{ keys }}

        ),
    {% endfor %}

    growths as (

        select
            {{ market }},
            {{ ratio('markets.change_usd', 'markets.before_usd') }} as market_growth,
            {{ ratio('products.change_usd', 'products.before_usd') }} as product_growth,
            {{ ratio('worlds.change_usd', 'worlds.before_usd') }} as world_growth
        from markets
        inner join products using ({{ product }})
        inner join worlds using ({{ world }})

    ),

    cells as (

        select exports.*, growths.market_growth, growths.product_growth, growths.world_growth
        from exports
        inner join growths using ({{ market }})

    ),

    summed as (

        select
            {{ exporter }},
            sum(value_usd)::decimal(18, 3) as value_usd,
            sum(before_usd)::decimal(18, 3) as before_usd,
            {{ exact_sum('case when is_unallocated then 0 else before_usd * world_growth end') }} as world_usd,
            {{ exact_sum('case when is_unallocated then 0 else before_usd * (product_growth - world_growth) end') }}
            as products_usd,
            {{ exact_sum('case when is_unallocated then 0 else before_usd * (market_growth - product_growth) end') }}
            as markets_usd,
            {{ exact_sum(
                'case when is_unallocated then 0 else value_usd - before_usd * (1 + coalesce(market_growth, 0)) end'
            ) }} as competitiveness_usd,
            sum(case when is_unallocated then value_usd - before_usd else 0 end)::decimal(18, 3) as unallocated_usd
        from cells
        group by {{ exporter }}

    ),

    panel as (

        select source_code, period_code, count(distinct reporter_code) as n_reporters
        from exports
        group by source_code, period_code

    ),

    reasoned as (

        select
            {{ exporter }},
            summed.value_usd,
            summed.before_usd,
            summed.world_usd,
            summed.products_usd,
            summed.markets_usd,
            summed.competitiveness_usd,
            summed.unallocated_usd,
            coalesce(panel.n_reporters, 0) as n_reporters,
            case
                when years.obstacle is not null
                then years.obstacle
                when not years.has_products
                then 'no_products'
                when panel.n_reporters < {{ min_reporters_of_a_world() }}
                then 'world_too_small'
            end as null_reason
        from {{ ref('consecutive_report') }} as years
        left join summed using ({{ exporter }})
        left join panel using (source_code, period_code)
        where years.flow_code = 'X' and {{ in_batch('years.period_code') }}

    )

select
    {{ exporter }},
    value_usd,
    before_usd,
    (value_usd - before_usd)::decimal(18, 3) as change_usd,
    {% for effect in ['world', 'products', 'markets', 'competitiveness', 'unallocated'] %}
        case when null_reason is null then {{ effect }}_usd end::decimal(18, 3) as {{ effect }}_effect_usd,
    {% endfor %}
    n_reporters,
    null_reason
from reasoned
