{{ config(materialized="by_period", meta={'parts': {'yearly_product': 'yearly_product', 'yearly_report': 'yearly_report', 'yearly_universe': 'yearly_universe'}}) }}
-- What an economy exports and imports of each product, and whether it has an advantage in it. Products an economy does
-- not trade have no row: their exports are an implied zero and their RCA is 0.
-- Reason for size: both flows, the World and the economy stand side by side in each indicator.
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
            sides.is_converted,
            case
                when {{ is_whole_by_product('x') }} then coalesce(sides.exports_usd, 0) else sides.exports_usd
            end as exports_usd,
            case
                when {{ is_whole_by_product('m') }} then coalesce(sides.imports_usd, 0) else sides.imports_usd
            end as imports_usd,
            coalesce(sides.product_share, 0) as product_share,
            coalesce({{ is_whole_by_product('x') }}, false) as is_whole,
            coalesce({{ is_whole_by_product('m') }}, false) as has_imports,
            x.report_state,
            x.valuation_code,
            universe.n_areas
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
        left join
            {{ ref('yearly_universe') }} as universe
            on sides.source_code = universe.source_code
            and sides.period_code = universe.period_code
            and universe.flow_code = 'X'

    ),

    world as (

        select source_code, period_code, product_level, product_key, sum(exports_usd) as world_usd
        from joined
        where is_whole
        group by source_code, period_code, product_level, product_key

    ),

    totals as (

        select
            source_code,
            period_code,
            product_level,
            sum(exports_usd) as total_usd,
            count(distinct reporter_code) as n_reporters
        from joined
        where is_whole
        group by source_code, period_code, product_level

    ),

    measured as (

        select
            joined.*,
            world.world_usd,
            coalesce(totals.n_reporters, 0) as n_reporters,
            {{ ratio('joined.product_share', ratio('world.world_usd', 'totals.total_usd')) }} as rca,
            case
                when joined.report_state is null
                then 'exports_not_reported'
                when joined.report_state <> 'whole'
                then joined.report_state
                when not joined.is_whole
                then 'selected_products'
                when totals.n_reporters < {{ min_reporters_of_a_world() }}
                then 'world_too_small'
                when world.world_usd = 0
                then 'no_trade'
            end as null_reason
        from joined
        left join world using (source_code, period_code, product_level, product_key)
        left join totals using (source_code, period_code, product_level)

    )

select
    {{ report }},
    product_key,
    product_level,
    exports_usd,
    imports_usd,
    case when is_whole then 100 * product_share end as share_of_exports_pct,
    case when null_reason is null then 100 * {{ ratio('exports_usd', 'world_usd') }} end as share_of_world_exports_pct,
    case when null_reason is null then rca end as rca,
    case when null_reason is null then (rca - 1) / (rca + 1) end as rsca,
    case when null_reason is null then rca >= 1 end as has_advantage,
    case
        when is_whole and has_imports
        then 1 - {{ ratio('abs(exports_usd - imports_usd)', 'exports_usd + imports_usd') }}
    end as grubel_lloyd,
    n_reporters::bigint as n_observed,
    (n_areas - n_reporters)::bigint as n_missing,
    is_converted,
    valuation_code,
    null_reason
from measured
