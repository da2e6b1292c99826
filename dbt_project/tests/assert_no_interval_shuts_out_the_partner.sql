-- What the partner alone reports stays possible: the interval holds its figure as the reporter would say it; of total
-- trade one flow of which is the reporter's own, that flow and the partner's of the other. The partner's own total need
-- not lie there: it has the partner's figure of the known flow, too.
-- Only a list of the reporter's largest partners of that year binds it, and of a total and its flows the gap that is
-- known goes before the one that is not.
with
    reported as (

        select
            evidence.*,
            evidence.own_usd is not null or coalesce(evidence.has_known_gap, false) as is_known,
            coalesce(
                evidence.own_usd,
                least(evidence.mirror_estimate_usd, coalesce(bounds.most_of_one_usd, evidence.mirror_estimate_usd))
            ) as said_usd
        from {{ ref('partner_evidence') }} as evidence
        left join
            {{ ref('reporter_total_bound') }} as bounds
            on evidence.reporter_code = bounds.reporter_code
            and evidence.year_number = bounds.year_number
            and evidence.measure = bounds.measure

    ),

    both_flows as (

        select
            reporter_code,
            partner_code,
            year_number,
            sum(said_usd) as said_usd,
            bool_and(is_known) as are_known,
            bool_or(is_known) as is_one_known
        from reported
        where measure <> 'turnover' and said_usd is not null
        group by reporter_code, partner_code, year_number
        having count(*) = 2

    ),

    totals as (

        select reported.*, flows.said_usd as flows_usd, flows.are_known as flows_are_known, flows.is_one_known
        from reported
        left join
            both_flows as flows
            on reported.reporter_code = flows.reporter_code
            and reported.partner_code = flows.partner_code
            and reported.year_number = flows.year_number
        where reported.measure = 'turnover' and reported.own_usd is null

    ),

    said as (

        select reporter_code, partner_code, year_number, measure, false as is_partly_mirrored, said_usd
        from reported
        where measure <> 'turnover' and own_usd is null

        union all

        select reporter_code, partner_code, year_number, measure, false, said_usd
        from totals
        where is_known or not coalesce(is_one_known, false)

        union all

        select reporter_code, partner_code, year_number, measure, true, flows_usd
        from totals
        where flows_are_known or not is_known

    )

select interval_rows.*, said.said_usd
from {{ ref('partner_value_interval') }} as interval_rows
inner join
    said
    on interval_rows.reporter_code = said.reporter_code
    and interval_rows.partner_code = said.partner_code
    and interval_rows.year_number = said.year_number
    and interval_rows.measure = said.measure
    and interval_rows.is_partly_mirrored = said.is_partly_mirrored
where
    (interval_rows.value_state = 'mirror_only' or interval_rows.is_partly_mirrored)
    and said.said_usd not between interval_rows.low_usd - 0.01
    and interval_rows.high_usd + 0.01
