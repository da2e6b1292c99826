-- Rank and streak of every partner of a reporter, by year and perimeter, and what the rank stands on: best and worst
-- place, and for how many consecutive years up to this one it has certainly, or possibly, been the first.
-- Reason for size: four streaks are counted, and the years that leave one open, beside the ranks they are made of.
{%- set certain = [('at_least', 'rank_worst'), ('at_least_if_unallocated', 'rank_worst_if_unallocated')] %}
{%- set possible = [
    ('at_most', 'rank_best', 'high_usd'),
    ('at_most_if_unallocated', 'rank_best_if_unallocated', 'high_usd + nameless_usd'),
] %}
{%- set series = 'reporter_code, partner_code, perimeter_code, measure' %}
with
    partner_rivals as materialized({{ partner_rivals() }}),

    rank_universe as materialized({{ rank_universe() }}),

    partner_neighbour as materialized({{ partner_neighbour() }}),

    partner_rank_year as materialized({{ partner_rank_year() }}),

    ranked as (

        select
            {{ series }},
            year_number,
            {% for name, place in certain %} {{ place }}, {% endfor %}
            {% for name, place, most in possible %} {{ place }}, {% endfor %}
            high_usd,
            max(case when {{ is_exact_value('partner_rank_year') }} then low_usd end) over (
                partition by reporter_code, perimeter_code, measure, year_number
            ) as largest_usd,
            coalesce(
                max(unallocated_usd) over (partition by reporter_code, perimeter_code, measure, year_number), 0
            ) as nameless_usd,
            min(case when rank_best is not null then year_number end) over (partition by {{ series }}) as first_year,
            lag(year_number) over (partition by {{ series }} order by year_number nulls last) as year_before
        from partner_rank_year

    ),

    -- the last year that is no part of a streak: a year of which nothing is known ends the certain one only, and the
    -- possible one where what is known of others rules a first place out
    stops as (

        select
            *,
            {% for name, place in certain %}
                case
                    when {{ place }} is distinct from 1
                    then year_number
                    when year_number = first_year or year_before < year_number - 1
                    then year_number - 1
                end as stop_{{ name }},
            {% endfor %}
            {% for name, place, most in possible %}
                case
                    when {{ place }} > 1 or (rank_best is null and largest_usd > {{ most }})
                    then year_number
                    when year_number = first_year
                    then year_number - 1
                end as stop_{{ name }},
            {% endfor %}
            -- the open years that end with this one: a gap before it, and itself where first place is not sure
            case
                when year_number > first_year and year_before < year_number - 1
                then year_before + 1
                when rank_worst is distinct from 1
                then year_number
            end as open_from,
            case when rank_worst is distinct from 1 then year_number else year_number - 1 end as open_to
        from ranked
        where year_number >= first_year

    ),

    streaks as (

        select
            *,
            {% for name in (certain + possible) | map(attribute=0) %}
                year_number - max(stop_{{ name }}) over (
                    partition by {{ series }}
                    order by year_number nulls last
                    rows between unbounded preceding and current row
                ) as streak_{{ name }}{{ ',' if not loop.last }}
            {% endfor %}
        from stops

    ),

    opened as (

        select
            *,
            case
                when lag(open_to) over (partition by {{ series }} order by year_number nulls last) = open_from - 1
                then 0
                else 1
            end as begins_span
        from streaks
        where open_from is not null

    ),

    spanned as (

        select
            *,
            sum(begins_span) over (
                partition by {{ series }}
                order by year_number nulls last
                rows between unbounded preceding and current row
            ) as span_number
        from opened

    ),

    open_spans as (

        select
            this_year.reporter_code,
            this_year.partner_code,
            this_year.perimeter_code,
            this_year.measure,
            this_year.year_number,
            min(earlier.open_from) as first_open,
            max(earlier.open_to) as last_open
        from streaks as this_year
        inner join
            spanned as earlier
            on this_year.reporter_code = earlier.reporter_code
            and this_year.partner_code = earlier.partner_code
            and this_year.perimeter_code = earlier.perimeter_code
            and this_year.measure = earlier.measure
            and earlier.year_number > this_year.year_number - this_year.streak_at_most
            and earlier.year_number <= this_year.year_number
        group by
            this_year.reporter_code,
            this_year.partner_code,
            this_year.perimeter_code,
            this_year.measure,
            this_year.year_number,
            earlier.span_number

    ),

    open_years as (

        select
            {{ series }},
            year_number,
            {{ text_list(
            "case when first_open = last_open then last_open::varchar else first_open::varchar || '-' || last_open::varchar end",
            'first_open'
        ) }}
            as years_text
        from open_spans
        group by {{ series }}, year_number

    ),

    partner_rank as (

        select
            ranks.*,
            streaks.streak_at_least::bigint as streak_at_least,
            streaks.streak_at_most::bigint as streak_at_most,
            streaks.streak_at_least_if_unallocated::bigint as streak_at_least_if_unallocated,
            streaks.streak_at_most_if_unallocated::bigint as streak_at_most_if_unallocated,
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
            and ranks.rank_best is not null
        left join
            open_years
            on ranks.reporter_code = open_years.reporter_code
            and ranks.partner_code = open_years.partner_code
            and ranks.year_number = open_years.year_number
            and ranks.perimeter_code = open_years.perimeter_code
            and ranks.measure = open_years.measure
            and ranks.rank_best is not null

    )

select *
from {{ shown_step('partner_rank') }}
