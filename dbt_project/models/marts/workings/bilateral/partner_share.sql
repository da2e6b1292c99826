-- Share of a partner in the reporter's turnover: both sides of the ratio from one source, and reported, not estimated.
with
    turnover as (

        select
            source_code,
            source_priority,
            reporter_code,
            partner_code,
            period_code,
            coalesce(
                max(case when flow_code = 'T' then value_usd end),
                max(case when flow_code = 'X' then value_usd end) + max(case when flow_code = 'M' then value_usd end)
            )::decimal(18, 3) as turnover_usd,
            max(case when total_rule = 'converted' then 1 else 0 end) as is_converted
        from {{ ref('trade_flow_period') }}
        where cell_state = 'observed'
        group by source_code, source_priority, reporter_code, partner_code, period_code

    ),

    world as (

        select turnover.*
        from turnover
        inner join {{ ref('dim_area') }} as area on turnover.partner_code = area.area_code
        where area.area_kind = 'world' and turnover.turnover_usd is not null

    )

select
    turnover.reporter_code,
    turnover.partner_code,
    turnover.period_code,
    period.period_start::date as period_start,
    period.period_end::date as period_end,
    period.period_months::integer as period_months,
    turnover.source_code,
    turnover.turnover_usd,
    world.turnover_usd as world_turnover_usd,
    (100 * {{ ratio('turnover.turnover_usd', 'world.turnover_usd') }})::decimal(9, 4) as share_of_turnover_pct
from turnover
inner join
    world
    on turnover.source_code = world.source_code
    and turnover.reporter_code = world.reporter_code
    and turnover.period_code = world.period_code
inner join {{ ref('dim_period') }} as period on turnover.period_code = period.period_code
where turnover.turnover_usd is not null and turnover.partner_code <> world.partner_code
qualify
    row_number() over (
        partition by turnover.reporter_code, turnover.partner_code, turnover.period_code
        -- dollars over dollars, or yuan over yuan, before one over the other
        order by
            case when turnover.is_converted = world.is_converted then 0 else 1 end,
            turnover.source_priority nulls last,
            turnover.source_code
    )
    = 1
