-- A partner of whom nothing is known is not small: its turnover has no bounds, no nought least of all, and it may be
-- above any other, so that no worst place leaves it out.
with
    unbound as (

        select reporter_code, year_number, perimeter_code, measure, count(*) as n_unbound
        from {{ ref('partner_rank') }}
        where high_usd is null
        group by reporter_code, year_number, perimeter_code, measure

    )

select ranks.*
from {{ ref('partner_rank') }} as ranks
left join
    unbound
    on ranks.reporter_code = unbound.reporter_code
    and ranks.year_number = unbound.year_number
    and ranks.perimeter_code = unbound.perimeter_code
    and ranks.measure = unbound.measure
where
    (ranks.value_state = 'missing' and (ranks.low_usd = 0 or ranks.high_usd = 0))
    or (ranks.high_usd is not null and ranks.rank_worst <= unbound.n_unbound)
