-- Rank and streak of every partner of a reporter, by year and perimeter, and what the rank stands on: best and worst
-- place, and for how many consecutive years up to this one it has certainly, or possibly, been the first.
-- Reason for size: three streaks are counted, and the years that leave one open, beside the ranks they are made of.
{%- set conditions = [
    ('at_least', 'rank_worst = 1'),
    ('at_most', 'rank_best = 1'),
    ('at_least_if_unallocated', 'rank_worst_if_unallocated = 1'),
] %}
{%- set series = 'reporter_code, partner_code, perimeter_code, measure' %}
with
    partner_rivals as materialized({{ partner_rivals() }}),

    rank_universe as materialized({{ rank_universe() }}),

    partner_neighbour as materialized({{ partner_neighbour() }}),

    partner_rank_year as materialized({{ partner_rank_year() }}),

    ranked as (

        select
            reporter_code,
            partner_code,
            perimeter_code,
            measure,
            year_number,
            rank_worst,
            {% for name, condition in conditions %}
                {{ condition }} as holds_{{ name }}{{ ',' if not loop.last }}
            {% endfor %}
        from partner_rank_year
        where rank_best is not null

    ),

    -- years without a break share one value of year minus position
    runs as (

        select
            *,
            {% for name, condition in conditions %}
                year_number - row_number() over (
                    partition by {{ series }}, holds_{{ name }} order by year_number nulls last
                ) as run_{{ name }}{{ ',' if not loop.last }}
            {% endfor %}
        from ranked

    ),

    streaks as (

        select
            *,
            {% for name, condition in conditions %}
                case
                    when holds_{{ name }}
                    then
                        row_number() over (
                            partition by {{ series }}, holds_{{ name }}, run_{{ name }} order by year_number nulls last
                        )
                    else 0
                end as streak_{{ name }}{{ ',' if not loop.last }}
            {% endfor %}
        from runs

    ),

    open_years as (

        select
            this_year.reporter_code,
            this_year.partner_code,
            this_year.perimeter_code,
            this_year.measure,
            this_year.year_number,
            {{ text_list('earlier.year_number::varchar', 'earlier.year_number') }} as years_text
        from streaks as this_year
        inner join
            streaks as earlier
            on this_year.reporter_code = earlier.reporter_code
            and this_year.partner_code = earlier.partner_code
            and this_year.perimeter_code = earlier.perimeter_code
            and this_year.measure = earlier.measure
            and earlier.year_number > this_year.year_number - this_year.streak_at_most
            and earlier.year_number <= this_year.year_number
        where earlier.rank_worst > 1
        group by
            this_year.reporter_code,
            this_year.partner_code,
            this_year.perimeter_code,
            this_year.measure,
            this_year.year_number

    ),

    partner_rank as (

        select
            ranks.*,
            streaks.streak_at_least::bigint as streak_at_least,
            streaks.streak_at_most::bigint as streak_at_most,
            streaks.streak_at_least_if_unallocated::bigint as streak_at_least_if_unallocated,
            open_years.years_text as streak_open_years,
            ranks.n_seen < 10 as is_among_few,
            case
                when ranks.value_state = 'implied_zero'
                then case when ranks.rank_is_certain then 'no_trade' else 'no_trade_named' end
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
        from partner_rank_year as ranks
        left join
            streaks
            on ranks.reporter_code = streaks.reporter_code
            and ranks.partner_code = streaks.partner_code
            and ranks.year_number = streaks.year_number
            and ranks.perimeter_code = streaks.perimeter_code
            and ranks.measure = streaks.measure
        left join
            open_years
            on ranks.reporter_code = open_years.reporter_code
            and ranks.partner_code = open_years.partner_code
            and ranks.year_number = open_years.year_number
            and ranks.perimeter_code = open_years.perimeter_code
            and ranks.measure = open_years.measure

    )

select *
from {{ shown_step('partner_rank') }}
