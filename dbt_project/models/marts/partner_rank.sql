-- Rank and streak of every partner of a reporter, by year and perimeter, and in words what the rank stands on.
-- Reason for size: the sentence is made here, once, beside the columns it speaks of.
{%- set few = 10 %}
{%- set among %}
    ' among ' || ranks.n_universe::varchar || ' economies'
    || case when ranks.n_seen < {{ few }} then ', of which only ' || ranks.n_seen::varchar || ' are loaded' else '' end
    || case
        when ranks.n_mirrored > 0
        then '; ' || ranks.n_mirrored::varchar || ' of them with one flow by their own statistic'
        else ''
    end
    || case
        when ranks.n_other_statistic > 0
        then '; ' || ranks.n_other_statistic::varchar || ' of them by another statistic of ' || reporter.area_name
        else ''
    end
{%- endset %}
{%- set margin %}
    case
        when ranks.rests_on_mirror and ranks.nearest_pct < 10
        then '; rests on mirrored figures within ' || ceil(ranks.nearest_pct)::integer::varchar || ' % of the next'
        else ''
    end
{%- endset %}
{%- set unknown %}
    ranks.n_missing::varchar || ' of ' || ranks.n_universe::varchar || ' economies unknown'
    || case
        when ranks.n_missing > 0 and ranks.rest_usd is not null
        then ', with at most ' || {{ number_text(usd_bn('ranks.rest_usd')) }} || ' bn USD among them'
        else ''
    end
{%- endset %}
select
    ranks.*,
    streaks.streak_at_least,
    streaks.streak_at_most,
    streaks.streak_at_least_if_unallocated,
    streaks.streak_open_years,
    ranks.n_seen < {{ few }} as is_among_few,
    case
        when ranks.value_state = 'implied_zero'
        then 'No trade in a complete report of ' || reporter.area_name || ': last of all.'
        when ranks.rank_best is null and ranks.rank_basis = 'own'
        then
            'No rank: the report of '
            || reporter.area_name
            || ' does not say what was traded with '
            || partner.area_name
            || '; missing, not zero.'
        when ranks.rank_best is null
        then
            'No rank: neither '
            || reporter.area_name
            || ' nor '
            || partner.area_name
            || ' reports '
            || ranks.year_number::varchar
            || '; missing, not zero.'
        when ranks.rank_basis = 'mirror'
        then
            'No report of '
            || reporter.area_name
            || ' for '
            || ranks.year_number::varchar
            || ' is loaded: by its partners'' figures'
            || {{ margin }}
            || '; '
            || {{ unknown }}
            || '.'
        when ranks.rank_is_certain
        then 'By the report of ' || reporter.area_name || {{ among }} || {{ margin }} || '.'
        when ranks.rank is not null
        then
            'By the report of '
            || reporter.area_name
            || {{ among }}
            || {{ margin }}
            || '; its trade without a named partner could change the place.'
        else 'By the report of ' || reporter.area_name || {{ among }} || ', an interval: ' || {{ unknown }} || '.'
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
