-- What is known of a reporter's trade with a partner in a year: both reports of it, and, where the partner reports, the
-- interval of what the reporter would say.
with
    partner_report as materialized({{ partner_report() }}),

    rank_statistic as materialized({{ rank_statistic() }}),

    both_reports as materialized({{ both_reports() }}),

    mirror_interval as materialized({{ mirror_interval() }}),

    partner_evidence as (

        select
            reports.*,
            mirrored.has_known_gap,
            mirrored.estimate_usd as mirror_estimate_usd,
            mirrored.low_usd as mirror_low_usd,
            mirrored.high_usd as mirror_high_usd,
            mirrored.low_if_silent_usd,
            mirrored.high_if_silent_usd
        from both_reports as reports
        left join
            mirror_interval as mirrored
            on reports.reporter_code = mirrored.reporter_code
            and reports.partner_code = mirrored.partner_code
            and reports.year_number = mirrored.year_number
            and reports.measure = mirrored.measure

    )

select *
from {{ shown_step('partner_evidence') }}
