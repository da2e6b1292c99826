-- Rank and streak of every partner of a reporter, by year and perimeter, and in words what the rank stands on.
{%- set few = 10 %}
{%- set among %}
    ' among ' || case when ranks.n_universe < {{ few }} then 'only ' else '' end || ranks.n_universe::varchar
    || case when ranks.n_universe = 1 then ' partner known here' else ' partners known here' end
    || case when ranks.n_universe < {{ few }} then ', too few for a place among all' else '' end
    || case
        when ranks.n_mirrored > 0
        then '; ' || ranks.n_mirrored::varchar || ' of them count with one flow by their own statistic'
        else ''
    end
{%- endset %}
select
    ranks.*,
    streaks.streak_at_least,
    streaks.streak_at_most,
    streaks.streak_at_least_if_unallocated,
    streaks.streak_open_years,
    ranks.n_universe < {{ few }} as is_among_few,
    case
        when ranks.value_state = 'implied_zero'
        then 'No trade in a complete report of ' || reporter.area_name || ': last of all.'
        when ranks.rank_basis = 'own' and ranks.rank_is_certain
        then 'By the report of ' || reporter.area_name || {{ among }} || '.'
        when ranks.rank_basis = 'own' and ranks.rank_best = ranks.rank_worst
        then
            'By the report of '
            || reporter.area_name
            || {{ among }}
            || '; its trade without a named partner could change the place.'
        when ranks.rank_basis = 'own' and ranks.rank_best is not null
        then 'By the report of ' || reporter.area_name || ', which leaves partners unknown: an interval.'
        when ranks.rank_basis = 'own'
        then
            'No rank: the report of '
            || reporter.area_name
            || ' at hand does not say what was traded with '
            || partner.area_name
            || '; missing, not zero.'
        when ranks.rank_best is not null
        then
            'No report of '
            || reporter.area_name
            || ' for '
            || ranks.year_number::varchar
            || ' is at hand: an interval by its partners'' figures, '
            || ranks.n_missing::varchar
            || ' of '
            || ranks.n_universe::varchar
            || ' partners unknown.'
        else
            'No rank: neither '
            || reporter.area_name
            || ' nor '
            || partner.area_name
            || ' reports '
            || ranks.year_number::varchar
            || '; missing, not zero.'
    end as state_text
from {{ ref('partner_rank_year') }} as ranks
inner join {{ ref('dim_area') }} as reporter on ranks.reporter_code = reporter.area_code
inner join {{ ref('dim_area') }} as partner on ranks.partner_code = partner.area_code
left join
    {{ ref('partner_streak') }} as streaks
    on ranks.reporter_code = streaks.reporter_code
    and ranks.partner_code = streaks.partner_code
    and ranks.year_number = streaks.year_number
    and ranks.perimeter_code = streaks.perimeter_code
    and ranks.measure = streaks.measure
