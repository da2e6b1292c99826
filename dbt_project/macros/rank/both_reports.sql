{% macro both_reports() %}
    -- Both reports of what a reporter trades with a partner in a year, whichever are there: its own, by the statistic
    -- its ranking stands on if that has one, and the partner's of the opposite flow. Where both are, the gap between
    -- them, and how much it may move in a year by its own changes in the years around.
    -- Reason for size: both reports, their gap and its restlessness are what every interval stands on.
    with
        own as (

            select report.*, report.statistic_code = ranking.statistic_code as is_of_statistic
            from partner_report as report
            inner join
                rank_statistic as ranking
                on report.reporter_code = ranking.reporter_code
                and report.year_number = ranking.year_number
                and report.measure = ranking.measure
            where report.partner_kind = 'economy'
            qualify
                row_number() over (
                    partition by report.reporter_code, report.partner_code, report.year_number, report.measure
                    order by
                        case when report.statistic_code = ranking.statistic_code then 0 else 1 end,
                        case report.cell_state when 'implied_zero' then 1 else 0 end,
                        report.source_priority nulls last,
                        report.source_code
                )
                = 1

        ),

        -- those that report, and those known to report and silent: their ranks are what their partners say of them
        reporters as (

            select reporter_code
            from rank_statistic
            union
            select reporter_code
            from {{ ref('fct_availability') }}
            where freq_code = 'A'

        ),

        -- that a partner knows of no trade is no report of the reporter
        partners as (

            select
                partner_code as reporter_code,
                reporter_code as partner_code,
                year_number,
                case measure when 'exports' then 'imports' when 'imports' then 'exports' else measure end as measure,
                source_code,
                value_usd
            from own
            where value_usd > 0 and partner_code in (select reporter_code from reporters)

        ),

        both_sides as (

            select
                coalesce(own.reporter_code, partners.reporter_code) as reporter_code,
                coalesce(own.partner_code, partners.partner_code) as partner_code,
                coalesce(own.year_number, partners.year_number) as year_number,
                coalesce(own.measure, partners.measure) as measure,
                own.value_usd as own_usd,
                own.cell_state as own_state,
                own.source_code as own_source_code,
                own.is_of_statistic,
                partners.value_usd as mirror_usd,
                partners.source_code as mirror_source_code,
                case
                    when own.value_usd > 0 and partners.value_usd > 0
                    then ln(own.value_usd::double / partners.value_usd::double)
                end as log_gap
            from own
            full outer join
                partners
                on own.reporter_code = partners.reporter_code
                and own.partner_code = partners.partner_code
                and own.year_number = partners.year_number
                and own.measure = partners.measure

        ),

        changed as (

            select
                *,
                case
                    when lag(year_number) over series = year_number - 1 then abs(log_gap - lag(log_gap) over series)
                end as gap_change
            from both_sides
            window series as (partition by reporter_code, partner_code, measure order by year_number)

        ),

        -- the changes of the years before a year, and of those after it, the smallest first: the year itself, and
        -- whether its own report is known, have no part in it
        near as (

            {% for side, first, last in [
            ('before', '- ' ~ gap_window_years(), '- 1'),
            ('after', '+ 2', '+ 1 + ' ~ gap_window_years()),
        ] %}
                select
                    '{{ side }}' as side,
                    target.reporter_code,
                    target.partner_code,
                    target.measure,
                    target.year_number,
                    changes.gap_change,
                    row_number() over (
                        partition by target.reporter_code, target.partner_code, target.measure, target.year_number
                        order by changes.gap_change, changes.year_number
                    ) as position
                from changed as target
                inner join
                    changed as changes
                    on target.reporter_code = changes.reporter_code
                    and target.partner_code = changes.partner_code
                    and target.measure = changes.measure
                    and changes.year_number between target.year_number {{ first }} and target.year_number {{ last }}
                where target.mirror_usd is not null and changes.gap_change is not null
                {% if not loop.last %}
                    union all
                {% endif %}
            {% endfor %}

        ),

        calm as (

            select
                reporter_code,
                partner_code,
                measure,
                year_number,
                {% for side in ['before', 'after'] %}
                    round(
                        min(case when side = '{{ side }}' then {{ calm_factor('position') }} * gap_change end)::double,
                        9
                    ) as yearly_width_{{ side }}{{ ',' if not loop.last }}
                {% endfor %}
            from near
            where position between 3 and 5
            group by reporter_code, partner_code, measure, year_number

        )

    select changed.*, calm.yearly_width_before, calm.yearly_width_after
    from changed
    left join
        calm
        on changed.reporter_code = calm.reporter_code
        and changed.partner_code = calm.partner_code
        and changed.measure = calm.measure
        and changed.year_number = calm.year_number
{% endmacro %}
