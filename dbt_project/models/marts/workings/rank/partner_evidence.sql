-- Both reports of what a reporter trades with a partner in a year, whichever are there: its own, by the statistic its
-- ranking stands on if that has one, and the partner's of the opposite flow. Where both are, the gap between them.
with
    own as (

        select report.*, report.statistic_code = ranking.statistic_code as is_of_statistic
        from {{ ref('partner_report') }} as report
        inner join
            {{ ref('rank_statistic') }} as ranking
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
        from {{ ref('rank_statistic') }}
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

    )

select
    *,
    case
        when
            lag(year_number) over (partition by reporter_code, partner_code, measure order by year_number)
            = year_number - 1
        then abs(log_gap - lag(log_gap) over (partition by reporter_code, partner_code, measure order by year_number))
    end as gap_change
from both_sides
