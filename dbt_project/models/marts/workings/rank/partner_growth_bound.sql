-- The largest yearly growth ever observed for a partner of some weight: what an unreported partner
-- may have grown by at most. Only the reporter's own figures of years measured alike (one source,
-- one rule) are compared.
with
    observed as (

        select
            years.reporter_code,
            years.partner_code,
            years.year_number,
            years.turnover_usd,
            years.turnover_yoy_is_comparable,
            max(years.turnover_usd) over (partition by years.reporter_code, years.year_number) as largest_usd
        from {{ ref('bilateral_year') }} as years
        inner join {{ ref('dim_area') }} as partner on years.partner_code = partner.area_code
        where partner.is_economy and years.turnover_basis = 'own'

    ),

    growth as (

        select
            this_year.reporter_code,
            max({{ ratio('this_year.turnover_usd', 'last_year.turnover_usd') }}) as growth_factor
        from observed as this_year
        inner join
            observed as last_year
            on this_year.reporter_code = last_year.reporter_code
            and this_year.partner_code = last_year.partner_code
            and this_year.year_number = last_year.year_number + 1
        where this_year.turnover_yoy_is_comparable and last_year.turnover_usd >= 0.01 * last_year.largest_usd
        group by this_year.reporter_code

    )

select observed.reporter_code, greatest(1, coalesce(max(growth.growth_factor), 1))::decimal(18, 6) as growth_factor
from observed
left join growth on observed.reporter_code = growth.reporter_code
group by observed.reporter_code
