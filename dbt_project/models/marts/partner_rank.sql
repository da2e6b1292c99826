-- Rank and streak of every partner of a reporter, by year and perimeter.
select
    ranks.*,
    streaks.streak_at_least,
    streaks.streak_at_most,
    streaks.streak_at_least_if_unallocated,
    streaks.streak_open_years
from {{ ref('partner_rank_year') }} as ranks
left join
    {{ ref('partner_streak') }} as streaks
    on ranks.reporter_code = streaks.reporter_code
    and ranks.partner_code = streaks.partner_code
    and ranks.year_number = streaks.year_number
    and ranks.perimeter_code = streaks.perimeter_code
    and ranks.measure = streaks.measure
