-- Who stands for an area in a year: a group its members on 31 December, an economy itself.
with
    years as (

        select period.year_number, period.period_end
        from {{ ref('dim_period') }} as period
        where
            period.freq_code = 'A'
            and period.year_number in (select trade.year_number from {{ ref('bilateral_year') }} as trade)

    )

select bridge.group_code as area_code, years.year_number, bridge.area_code as member_code, true as is_group
from {{ ref('bridge_area_group') }} as bridge
inner join
    years
    on bridge.member_from <= years.period_end
    and (bridge.member_to is null or bridge.member_to > years.period_end)

union all

select area.area_code, years.year_number, area.area_code as member_code, false as is_group
from {{ ref('dim_area') }} as area
cross join years
where area.is_economy
