{% macro partner_rivals() %}
    -- How many rivals certainly, or possibly, lie above a partner. Rivals and the mark they are held against are
    -- sorted into one line and counted along it. What the reporter's total leaves can be handed out only once; so can
    -- what of it has no named partner, which may be the partner's own.
    -- Reason for size: four questions are asked of that line, and two of money that can be handed out once.
    {%- set series = 'perimeter_code, reporter_code, year_number, measure' %}
    {%- set questions = [
    ('certainly', 'low_usd', 'high_usd'),
    ('certainly_if_unallocated', 'low_usd', 'high_usd + pool_usd'),
    ('at_least', 'low_usd', 'low_usd'),
    ('possibly', 'high_usd', 'low_usd'),
] %}
    with
        -- the least of all partners beside the total, whatever the perimeter: what the ranking's statistic says of
        -- them, and that with what is known by others
        sums as (

            select
                partner.reporter_code,
                partner.year_number,
                partner.measure,
                max(totals.most_usd) as most_usd,
                coalesce(max(totals.unallocated_usd), 0) as unallocated_usd,
                max(totals.most_of_one_usd) as most_of_one_usd,
                coalesce(bool_or(totals.is_reported), false) as is_reported,
                coalesce(bool_or(ranking.names_all_partners), false) as names_all_partners,
                coalesce(sum(partner.low_usd) filter (where {{ is_exact_value('partner') }}), 0) as exact_usd,
                coalesce(sum(partner.low_usd), 0) as least_usd,
                coalesce(sum(partner.low_usd) filter (where partner.value_state <> 'missing'), 0) as known_usd
            from {{ ref('partner_value_interval') }} as partner
            left join
                {{ ref('reporter_total_bound') }} as totals
                on partner.reporter_code = totals.reporter_code
                and partner.year_number = totals.year_number
                and partner.measure = totals.measure
            left join
                {{ ref('rank_statistic') }} as ranking
                on partner.reporter_code = ranking.reporter_code
                and partner.year_number = ranking.year_number
                and partner.measure = ranking.measure
            group by partner.reporter_code, partner.year_number, partner.measure

        ),

        -- a total that what is known exceeds bounds nothing; where only the figures of others exceed the reporter's
        -- own total, they do not
        totals as (

            select
                *,
                coalesce(least_usd <= most_usd, true) as estimates_hold,
                case
                    when least_usd <= most_usd or (is_reported and exact_usd <= most_usd) then most_usd
                end as total_usd
            from sums

        ),

        -- what of the total has no named partner and may be anybody's: in a report of all partners all that they leave,
        -- elsewhere what the reporter says so of; cents are rounding
        pools as (

            select
                *,
                case
                    when is_reported and names_all_partners and total_usd - exact_usd < 1
                    then 0
                    when is_reported and names_all_partners and total_usd is not null
                    then total_usd - exact_usd
                    when is_reported
                    then least(unallocated_usd, greatest(0, coalesce(total_usd - exact_usd, unallocated_usd)))
                    else unallocated_usd
                end as pool_usd,
                greatest(
                    0, total_usd - unallocated_usd - case when estimates_hold then least_usd else exact_usd end
                ) as left_usd,
                greatest(
                    0, total_usd - unallocated_usd - case when estimates_hold then known_usd else exact_usd end
                ) as rest_usd
            from totals

        ),

        intervals as (

            -- an end of which nothing is known: nothing at one end, more than the world trades at the other
            select
                perimeters.perimeter_code,
                partner.reporter_code,
                partner.partner_code,
                partner.year_number,
                partner.measure,
                partner.value_state,
                case
                    when pools.estimates_hold or {{ is_exact_value('partner') }}
                    then coalesce(partner.low_usd, 0)
                    else 0
                end::decimal(18, 3) as low_usd,
                coalesce(partner.high_usd, 9e14::decimal(18, 3)) as high_usd,
                pools.unallocated_usd,
                pools.pool_usd,
                case when pools.total_usd is not null then pools.left_usd end as left_usd,
                case when pools.total_usd is not null then pools.rest_usd end as rest_usd,
                pools.names_all_partners,
                pools.most_of_one_usd
            from {{ ref('partner_value_interval') }} as partner
            cross join (select distinct perimeter_code from {{ ref('dim_rank_perimeter') }}) as perimeters
            left join
                {{ ref('dim_rank_perimeter') }} as excluded
                on perimeters.perimeter_code = excluded.perimeter_code
                and partner.partner_code = excluded.excluded_area_code
            inner join
                pools
                on partner.reporter_code = pools.reporter_code
                and partner.year_number = pools.year_number
                and partner.measure = pools.measure
            where excluded.excluded_area_code is null

        ),

        points as (

            {% for name, rival, mark in questions %}
                select
                    '{{ name }}' as question,
                    {{ series }},
                    partner_code,
                    {{ rival }} as amount_usd,
                    low_usd,
                    pool_usd,
                    1 as is_rival
                from intervals
                union all
                select '{{ name }}', {{ series }}, partner_code, {{ mark }}, low_usd, pool_usd, 0
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

        -- most rivals pass if what has no named partner goes to those who lack least: the next ones on the line behind
        -- the mark, as long as it is more than they lack together
        passing as (

            select
                mark.perimeter_code,
                mark.reporter_code,
                mark.year_number,
                mark.measure,
                mark.partner_code,
                count(*) as n,
                max(
                    (rival.n_above - mark.n_above) * mark.amount_usd - (rival.usd_above - mark.usd_above)
                ) as lacking_usd
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
                and mark.pool_usd > 0
                and rival.is_rival = 1
                and (rival.n_above - mark.n_above) * mark.amount_usd - (rival.usd_above - mark.usd_above)
                < mark.pool_usd
            group by mark.perimeter_code, mark.reporter_code, mark.year_number, mark.measure, mark.partner_code

        ),

        -- an interval of some width lies in part above its own lower end: a partner is no rival of itself, nor does
        -- it pass itself where it lacks nothing
        others as (

            select
                marks.*,
                answers.n_certainly,
                answers.n_certainly_if_unallocated,
                answers.n_at_least,
                answers.n_possibly
                - answers.n_at_least
                - case when marks.high_usd > marks.low_usd then 1 else 0 end as n_between,
                marks.left_usd
                + answers.least_possibly
                - answers.least_at_least
                - case when marks.high_usd > marks.low_usd then marks.low_usd else 0 end as shared_usd,
                coalesce(passing.n, 0)
                - case when passing.n is not null and marks.high_usd = marks.low_usd then 1 else 0 end as n_passing,
                coalesce(passing.lacking_usd, 0) as lacking_usd
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

        )

    select
        perimeter_code,
        reporter_code,
        partner_code,
        year_number,
        measure,
        unallocated_usd::decimal(18, 3) as unallocated_usd,
        pool_usd::decimal(18, 3) as pool_usd,
        rest_usd::decimal(18, 3) as rest_usd,
        n_certainly::bigint as n_certainly_above,
        n_certainly_if_unallocated::bigint as n_certainly_above_if_unallocated,
        n_at_least::bigint as n_above_at_least,
        n_between::bigint as n_possibly_above,
        not names_all_partners and coalesce(most_of_one_usd > low_usd, true) as may_unseen_be_above,
        {{ n_handed_out('shared_usd', 'low_usd') }} as n_most_above,
        {{ n_handed_out('shared_usd + pool_usd', 'low_usd') }} as n_most_above_if_unallocated,
        n_passing::bigint as n_passing_if_unallocated,
        case
            -- whom a report of all partners does not name has nothing, and lacks most
            when names_all_partners
            then {{ n_handed_out('pool_usd - lacking_usd', 'low_usd') }}
            else {{ n_handed_out('pool_usd', '(low_usd - most_of_one_usd)') }}
        end::bigint as n_unseen_if_unallocated
    from others
{% endmacro %}
