-- Over partners marts.trade_year gives what its source says of the World, within the thousandth that completeness
-- means.
with
    added_up as (

        select source_code, reporter_code, flow_code, year_number, sum(value_usd) as partners_usd
        from {{ ref('trade_year') }}
        group by source_code, reporter_code, flow_code, year_number

    )

select added_up.*, world.value_usd as world_usd
from added_up
inner join
    {{ ref('partner_flow_year') }} as world
    on added_up.source_code = world.source_code
    and added_up.reporter_code = world.reporter_code
    and added_up.flow_code = world.flow_code
    and added_up.year_number = world.year_number
    and world.partner_code = 'WLD'
where abs(added_up.partners_usd - world.value_usd) > 0.001 * world.value_usd
