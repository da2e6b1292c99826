{% macro partner_rivals() %}
    -- How many rivals certainly, or possibly, lie above a partner. Rivals and the mark they are held against are
    -- sorted into one line and counted along it. What the reporter's total leaves can be handed out only once; so can
    -- its trade without a named partner.
    -- Reason for size: three questions are asked of that line, and two of money that can be handed out once.
    {%- set series = 'perimeter_code, reporter_code, year_number, measure' %}
    {%- set questions = [
    ('certainly', 'low_usd', 'high_usd'), ('at_least', 'low_usd', 'low_usd'), ('possibly', 'high_usd', 'low_usd')
] %}
    with
        intervals as (

            -- an end of which nothing is known: nothing at one end, more than the world trades at the other
            select
                perimeters.perimeter_code,
                interval_rows.reporter_code,
                interval_rows.partner_code,
                interval_rows.year_number,
                interval_rows.measure,
                interval_rows.value_state,
                coalesce(interval_rows.low_usd, 0) as low_usd,
                coalesce(interval_rows.high_usd, 9e14::decimal(18, 3)) as high_usd,
                coalesce(totals.unallocated_usd, 0) as unallocated_usd,
                totals.most_usd as total_usd,
                totals.most_of_one_usd
            from {{ ref('partner_value_interval') }} as interval_rows
            cross join (select distinct perimeter_code from {{ ref('dim_rank_perimeter') }}) as perimeters
            left join
                {{ ref('dim_rank_perimeter') }} as excluded
                on perimeters.perimeter_code = excluded.perimeter_code
                and interval_rows.partner_code = excluded.excluded_area_code
            left join
                {{ ref('reporter_total_bound') }} as totals
                on interval_rows.reporter_code = totals.reporter_code
                and interval_rows.year_number = totals.year_number
                and interval_rows.measure = totals.measure
            where excluded.excluded_area_code is null

        ),

        -- what the total leaves once every partner has its least, whatever the perimeter
        rests as (

            select
                reporter_code,
                year_number,
                measure,
                case
                    when max(total_usd) is not null
                    then greatest(0, max(total_usd) - max(unallocated_usd) - sum(low_usd))
                end as left_usd,
                case
                    when max(total_usd) is not null
                    then
                        greatest(
                            0,
                            max(total_usd)
                            - max(unallocated_usd)
                            - sum(case when value_state = 'missing' then 0 else low_usd end)
                        )
                end as rest_usd
            from intervals
            where perimeter_code = 'all'
            group by reporter_code, year_number, measure

        ),

        points as (

            {% for name, rival, mark in questions %}
                select
                    '{{ name }}' as question,
                    {{ series }},
                    partner_code,
                    {{ rival }} as amount_usd,
                    low_usd,
                    unallocated_usd,
                    1 as is_rival
                from intervals
                union all
                select '{{ name }}', {{ series }}, partner_code, {{ mark }}, low_usd, unallocated_usd, 0
                from intervals
                where value_state <> 'missing'
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
                ('least_above', 'is_rival * low_usd', 'decimal(38, 3)'),
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
                    max(n_above) filter (where question = '{{ name }}') as n_{{ name }},
                    max(least_above) filter (
                        where question = '{{ name }}'
                    ) as least_{{ name }}{{ ',' if not loop.last }}
                {% endfor %}
            from counted
            where is_rival = 0
            group by {{ series }}, partner_code

        ),

        -- most rivals pass if the unallocated trade goes to those who lack least: the next ones on the line behind
        -- the mark, as long as it is more than they lack together
        passing as (

            select
                mark.perimeter_code,
                mark.reporter_code,
                mark.year_number,
                mark.measure,
                mark.partner_code,
                count(*) as n
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

        ),

        -- an interval of some width lies in part above its own lower end: a partner is no rival of itself, nor does
        -- it pass itself where it lacks nothing
        others as (

            select
                marks.*,
                rests.rest_usd,
                answers.n_certainly,
                answers.n_at_least,
                answers.n_possibly
                - answers.n_at_least
                - case when marks.high_usd > marks.low_usd then 1 else 0 end as n_between,
                rests.left_usd
                + answers.least_possibly
                - answers.least_at_least
                - case when marks.high_usd > marks.low_usd then marks.low_usd else 0 end as shared_usd,
                coalesce(passing.n, 0)
                - case when passing.n is not null and marks.high_usd = marks.low_usd then 1 else 0 end as n_passing
            from intervals as marks
            inner join
                answers
                on marks.perimeter_code = answers.perimeter_code
                and marks.reporter_code = answers.reporter_code
                and marks.partner_code = answers.partner_code
                and marks.year_number = answers.year_number
                and marks.measure = answers.measure
            left join
                passing
                on marks.perimeter_code = passing.perimeter_code
                and marks.reporter_code = passing.reporter_code
                and marks.partner_code = passing.partner_code
                and marks.year_number = passing.year_number
                and marks.measure = passing.measure
            left join
                rests
                on marks.reporter_code = rests.reporter_code
                and marks.year_number = rests.year_number
                and marks.measure = rests.measure

        )

    select
        perimeter_code,
        reporter_code,
        partner_code,
        year_number,
        measure,
        unallocated_usd::decimal(18, 3) as unallocated_usd,
        rest_usd::decimal(18, 3) as rest_usd,
        n_certainly::bigint as n_certainly_above,
        n_at_least::bigint as n_above_at_least,
        n_between::bigint as n_possibly_above,
        coalesce(most_of_one_usd > low_usd, true) as may_unseen_be_above,
        {{ n_handed_out('shared_usd', 'low_usd') }} as n_most_above,
        {{ n_handed_out('shared_usd + unallocated_usd', 'low_usd') }} as n_most_above_if_unallocated,
        n_passing::bigint as n_passing_if_unallocated,
        {{ n_handed_out('unallocated_usd', '(low_usd - most_of_one_usd)') }} as n_unlisted_if_unallocated
    from others
{% endmacro %}
