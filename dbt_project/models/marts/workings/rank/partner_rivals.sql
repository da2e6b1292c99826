-- How many rivals surely, or possibly, lie above a partner. Rivals and the mark they are held against are
-- sorted into one line and counted along it; only where trade goes without a named partner is a partner compared with
-- those behind it on the line.
-- Reason for size: three questions are asked of that line, one of them of trade without a named partner.
{%- set series = 'perimeter_code, reporter_code, year_number, measure' %}
{%- set questions = [('surely', 'least_usd', 'most_usd'), ('possibly', 'most_usd', 'least_usd')] %}
with
    unallocated as (

        select flows.reporter_code, flows.year_number, measures.measure, sum(flows.value_usd) as unallocated_usd
        from {{ ref('bilateral_flow_year') }} as flows
        inner join {{ ref('dim_area') }} as partner on flows.partner_code = partner.area_code
        inner join
            (values ('turnover', 'X'), ('turnover', 'M'), ('exports', 'X'), ('imports', 'M')) as measures(
                measure, flow_code
            )
            on flows.flow_code = measures.flow_code
        where partner.area_kind in ('nes', 'special') and flows.flow_basis = 'own'
        group by flows.reporter_code, flows.year_number, measures.measure

    ),

    intervals as (

        -- an open end is told from a known one by no sum of money: nothing at one end, more than the world trades at
        -- the other
        select
            perimeters.perimeter_code,
            interval_rows.*,
            coalesce(interval_rows.low_usd, 0) as least_usd,
            coalesce(interval_rows.high_usd, 9e14::decimal(18, 3)) as most_usd,
            coalesce(
                unallocated.unallocated_usd, case when interval_rows.rank_basis = 'own' then 0 end
            ) as unallocated_usd
        from {{ ref('partner_value_interval') }} as interval_rows
        cross join (select distinct perimeter_code from {{ ref('dim_rank_perimeter') }}) as perimeters
        left join
            {{ ref('dim_rank_perimeter') }} as excluded
            on perimeters.perimeter_code = excluded.perimeter_code
            and interval_rows.partner_code = excluded.excluded_area_code
        left join
            unallocated
            on interval_rows.reporter_code = unallocated.reporter_code
            and interval_rows.year_number = unallocated.year_number
            and interval_rows.measure = unallocated.measure
        where excluded.excluded_area_code is null

    ),

    points as (

        {% for name, rival, mark in questions %}
            select
                '{{ name }}' as question,
                {{ series }},
                partner_code,
                {{ rival }} as amount_usd,
                unallocated_usd,
                1 as is_rival
            from intervals
            union all
            select '{{ name }}', {{ series }}, partner_code, {{ mark }}, unallocated_usd, 0
            from intervals
            where
                value_state in ('observed', 'implied_zero', 'bounded')
                or (rank_basis = 'mirror' and value_state = 'mirror_only')
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

    ),

    -- at equal amounts the mark comes first: a rival must lie above, not beside
    counted as (

        select
            *,
            {% for name, term, type in [
                ('n_above', 'is_rival', 'bigint'),
                ('usd_above', 'is_rival * amount_usd', 'decimal(38, 3)'),
            ] %}
                sum({{ term }}) over (
                    partition by question, {{ series }}
                    order by amount_usd desc nulls last, is_rival, partner_code
                    rows between unbounded preceding and current row
                )::{{ type }} as {{ name }}{{ ',' if not loop.last }}
            {% endfor %}
        from points

    ),

    answers as (

        select
            {{ series }},
            partner_code,
            {% for name, rival, mark in questions %}
                max(n_above) filter (where question = '{{ name }}') as n_{{ name }}{{ ',' if not loop.last }}
            {% endfor %}
        from counted
        where is_rival = 0
        group by {{ series }}, partner_code

    ),

    -- the unallocated trade can be handed out only once. Most rivals pass if it goes to those who lack least: the next
    -- ones on the line behind the mark, as long as it is more than they lack together
    passing as (

        select mark.perimeter_code, mark.reporter_code, mark.year_number, mark.measure, mark.partner_code, count(*) as n
        from counted as mark
        inner join
            counted as rival
            on mark.question = rival.question
            and mark.perimeter_code = rival.perimeter_code
            and mark.reporter_code = rival.reporter_code
            and mark.year_number = rival.year_number
            and mark.measure = rival.measure
            and mark.n_above < rival.n_above
        where
            mark.question = 'possibly'
            and mark.is_rival = 0
            and mark.unallocated_usd > 0
            and rival.is_rival = 1
            and (rival.n_above - mark.n_above) * mark.amount_usd - (rival.usd_above - mark.usd_above)
            < mark.unallocated_usd
        group by mark.perimeter_code, mark.reporter_code, mark.year_number, mark.measure, mark.partner_code

    )

select
    intervals.reporter_code,
    intervals.partner_code,
    intervals.year_number,
    intervals.perimeter_code,
    intervals.measure,
    intervals.value_state,
    intervals.rank_basis,
    intervals.is_partly_mirrored,
    intervals.value_usd,
    intervals.low_usd,
    intervals.high_usd,
    intervals.unallocated_usd::decimal(18, 3) as unallocated_usd,
    answers.n_surely::bigint as n_surely_above,
    -- an interval of some width lies in part above its own lower end: a partner is no rival of itself
    (answers.n_possibly - case when intervals.most_usd > intervals.least_usd then 1 else 0 end)::bigint
    as n_possibly_above,
    (
        answers.n_possibly
        + coalesce(passing.n, 0)
        - case when intervals.most_usd + coalesce(intervals.unallocated_usd, 0) > intervals.least_usd then 1 else 0 end
    )::bigint as n_above_if_unallocated
from intervals
left join
    answers
    on intervals.perimeter_code = answers.perimeter_code
    and intervals.reporter_code = answers.reporter_code
    and intervals.partner_code = answers.partner_code
    and intervals.year_number = answers.year_number
    and intervals.measure = answers.measure
left join
    passing
    on intervals.perimeter_code = passing.perimeter_code
    and intervals.reporter_code = passing.reporter_code
    and intervals.partner_code = passing.partner_code
    and intervals.year_number = passing.year_number
    and intervals.measure = passing.measure
