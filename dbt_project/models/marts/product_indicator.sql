{{ config(materialized="view") }}
-- What an economy exports and imports of each product, and whether it has an advantage in it. Computed when it is read:
-- four of its columns are fractions of what product_trade keeps.
with
    measured as (

        select
            trade.*,
            world.exports_usd as world_usd,
            world.n_observed as n_reporters,
            world.n_missing as n_missing_reporters,
            {{ ratio('trade.product_share', 'world.product_share') }} as rca,
            case
                when trade.obstacle is not null
                then trade.obstacle
                when world.n_observed < {{ min_reporters_of_a_world() }}
                then 'world_too_small'
                when world.exports_usd = 0
                then 'no_trade'
            end as null_reason
        from {{ ref('product_trade') }} as trade
        inner join
            {{ ref('product_trade') }} as world
            on trade.source_code = world.source_code
            and trade.period_code = world.period_code
            and trade.product_level = world.product_level
            and trade.product_key = world.product_key
        where trade.reporter_code <> {{ world_code() }} and world.reporter_code = {{ world_code() }}

    )

select
    source_code,
    reporter_code,
    period_code,
    product_key,
    product_level,
    exports_usd,
    imports_usd,
    100 * product_share as share_of_exports_pct,
    case when null_reason is null then 100 * {{ ratio('exports_usd', 'world_usd') }} end as share_of_world_exports_pct,
    case when null_reason is null then rca end as rca,
    case when null_reason is null then (rca - 1) / (rca + 1) end as rsca,
    case when null_reason is null then rca >= 1 end as has_advantage,
    case
        when product_share is not null and has_imports
        then 1 - {{ ratio('abs(exports_usd - imports_usd)', 'exports_usd + imports_usd') }}
    end as grubel_lloyd,
    n_reporters as n_observed,
    n_missing_reporters as n_missing,
    is_converted,
    valuation_code,
    null_reason
from measured
