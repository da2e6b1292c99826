{{ config(materialized="by_period", meta={'parts': {'yearly_product': 'yearly_product', 'yearly_report': 'yearly_report', 'yearly_universe': 'yearly_universe'}}) }}
-- What an economy exports and imports of each product, and what the World of all whole reports exports of it.
-- product_indicator is computed of these when it is read. Products an economy does not trade have no row: their exports
-- are an implied zero and their RCA is 0.
-- Reason for size: an economy needs both flows, and the World both its parts and its whole.
{%- set report = 'source_code, reporter_code, period_code' %}
with
    sides as (

        select
            {{ report }},
            product_key,
            max(product_level) as product_level,
            sum(case when flow_code = 'X' then value_usd end)::decimal(18, 3) as exports_usd,
            sum(case when flow_code = 'M' then value_usd end)::decimal(18, 3) as imports_usd,
            max(case when flow_code = 'X' then product_share end) as product_share,
            bool_or(is_converted) as is_converted
        from {{ ref('yearly_product') }}
        where is_allocated and product_key <> 'TOTAL' and {{ in_batch('period_code') }}
        group by {{ report }}, product_key

    ),

    joined as (

        select
            sides.source_code,
            sides.reporter_code,
            sides.period_code,
            sides.product_key,
            sides.product_level,
            case
                when {{ is_whole_by_product('x') }} then coalesce(sides.exports_usd, 0) else sides.exports_usd
            end as exports_usd,
            case
                when {{ is_whole_by_product('m') }} then coalesce(sides.imports_usd, 0) else sides.imports_usd
            end as imports_usd,
            coalesce(sides.product_share, 0) as product_share,
            coalesce({{ is_whole_by_product('x') }}, false) as is_whole,
            coalesce({{ is_whole_by_product('m') }}, false) as has_imports,
            sides.is_converted,
            x.valuation_code,
            x.report_state
        from sides
        {% for flow in ['x', 'm'] %}
            left join
                {{ ref('yearly_report') }} as {{ flow }}
                on sides.source_code = {{ flow }}.source_code
                and sides.reporter_code = {{ flow }}.reporter_code
                and sides.period_code = {{ flow }}.period_code
                and sides.product_level = {{ flow }}.product_level
                and {{ flow }}.flow_code = '{{ flow | upper }}'
        {% endfor %}

    ),

    totals as (

        select
            source_code,
            period_code,
            product_level,
            sum(case when is_whole then exports_usd end) as total_usd,
            count(distinct case when is_whole then reporter_code end) as n_reporters
        from joined
        group by source_code, period_code, product_level

    ),

    world as (

        select
            source_code,
            period_code,
            product_level,
            product_key,
            sum(case when is_whole then exports_usd end)::decimal(18, 3) as world_usd
        from joined
        group by source_code, period_code, product_level, product_key

    )

select
    {{ report }},
    product_key,
    product_level,
    exports_usd,
    imports_usd,
    case when is_whole then product_share end as product_share,
    has_imports,
    is_converted,
    valuation_code,
    case
        when report_state is null
        then 'exports_not_reported'
        when report_state <> 'whole'
        then report_state
        when not is_whole
        then 'selected_products'
    end as obstacle,
    null::bigint as n_observed,
    null::bigint as n_missing
from joined

union all by name

select
    world.source_code,
    {{ world_code() }} as reporter_code,
    world.period_code,
    world.product_key,
    world.product_level,
    world.world_usd as exports_usd,
    {{ ratio('world.world_usd', 'totals.total_usd') }} as product_share,
    totals.n_reporters as n_observed,
    universe.n_areas - totals.n_reporters as n_missing
from world
inner join totals using (source_code, period_code, product_level)
left join
    {{ ref('yearly_universe') }} as universe
    on world.source_code = universe.source_code
    and world.period_code = universe.period_code
    and universe.flow_code = 'X'
-- an economy is what is asked for
order by period_code, reporter_code
