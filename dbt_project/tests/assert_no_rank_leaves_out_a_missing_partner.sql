-- A partner of whom nothing is known is not small: it has no nought as its most, and a place that is certain leaves out
-- nobody: the economies nobody reports are too small to pass by the reporter's own total, or by a list of its largest.
with
    unknown as (

        select reporter_code, year_number, perimeter_code, measure, max(high_usd) as largest_usd, count(*) as n_unknown
        from {{ ref('partner_rank') }}
        where value_state = 'missing'
        group by reporter_code, year_number, perimeter_code, measure

    ),

    -- what they trade at least, by the years around, is no longer there to hand out
    least as (

        select reporter_code, year_number, measure, sum(low_usd) as least_usd
        from {{ ref('partner_rank') }}
        where value_state = 'missing' and perimeter_code = 'all'
        group by reporter_code, year_number, measure

    )

select ranks.*
from {{ ref('partner_rank') }} as ranks
left join
    unknown
    on ranks.reporter_code = unknown.reporter_code
    and ranks.year_number = unknown.year_number
    and ranks.perimeter_code = unknown.perimeter_code
    and ranks.measure = unknown.measure
left join
    least
    on ranks.reporter_code = least.reporter_code
    and ranks.year_number = least.year_number
    and ranks.measure = least.measure
left join
    {{ ref('reporter_total_bound') }} as bounds
    on ranks.reporter_code = bounds.reporter_code
    and ranks.year_number = bounds.year_number
    and ranks.measure = bounds.measure
where
    (ranks.value_state = 'missing' and ranks.high_usd = 0)
    or (
        ranks.rank is not null
        and ranks.low_usd > 0
        -- one nobody reports, whom the total leaves more than the partner's least
        and ranks.rest_usd - coalesce(least.least_usd, 0) > ranks.low_usd
        and ranks.n_missing > coalesce(unknown.n_unknown, 0)
        and coalesce(bounds.most_of_one_usd > ranks.low_usd, true)
    )
    or (
        ranks.rank is not null
        and ranks.rest_usd is null
        and ranks.n_missing > coalesce(unknown.n_unknown, 0)
        and coalesce(bounds.most_of_one_usd > ranks.low_usd, true)
    )
