-- Rank and streak of every partner of a reporter, by year and perimeter, and what the rank stands on.
select
    ranks.*,
    streaks.streak_at_least,
    streaks.streak_at_most,
    streaks.streak_at_least_if_unallocated,
    streaks.streak_open_years,
    ranks.n_seen < 10 as is_among_few,
    case
        when ranks.value_state = 'implied_zero'
        then 'no_trade'
        when ranks.rank_best is null and ranks.rank_basis = 'own'
        then 'partner_not_stated'
        when ranks.rank_best is null
        then 'no_report'
        when ranks.rank_basis = 'mirror'
        then 'by_partners'
        when ranks.rank_is_certain
        then 'certain'
        when ranks.rank is not null
        then 'open_to_unallocated'
        else 'interval'
    end as state_code
from {{ ref('partner_rank_year') }} as ranks
left join
    {{ ref('partner_streak') }} as streaks
    on ranks.reporter_code = streaks.reporter_code
    and ranks.partner_code = streaks.partner_code
    and ranks.year_number = streaks.year_number
    and ranks.perimeter_code = streaks.perimeter_code
    and ranks.measure = streaks.measure
