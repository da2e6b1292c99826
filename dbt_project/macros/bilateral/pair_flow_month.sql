{% macro pair_flow_month() %}
    -- Months of a pair from one source each, every month of the year once, whatever the sources: January and February
    -- as two months or as one period, never both. A source that has the turnover of all twelve months gives them all,
    -- so that they add up: the one the year is from before others. Else what covers more of the time with a turnover
    -- goes first, an official report before a quotation, then the priority of the source; of one source its months
    -- before the two together.
    -- Reason for size: months, the first two together and whole years compete, each counted in a step of its own.
    {%- set pair_year = 'reporter_code, partner_code, year_number' %}
    with
        flows as (

            select flow_months.*, source.report_kind, extract(month from flow_months.period_end) as last_month
            from trade_flow_month as flow_months
            inner join {{ ref('dim_source') }} as source on flow_months.source_code = source.source_code
            inner join {{ ref('dim_area') }} as partner on flow_months.partner_code = partner.area_code
            where partner.area_kind in ('economy', 'group')

        ),

        months as (

            select
                {{ pair_year }},
                source_code,
                period_code,
                period_months,
                min(last_month) as last_month,
                min(source_priority) as source_priority,
                min(case report_kind when 'official' then 1 when 'quoted' then 2 else 3 end) as kind_order,
                case
                    when
                        count(*) filter (where flow_code = 'T') = 1
                        or count(distinct flow_code) filter (where flow_code in ('X', 'M')) = 2
                    then period_months
                    else 0
                end as months_with_turnover
            from flows
            group by {{ pair_year }}, source_code, period_code, period_months

        ),

        -- what a source has of the first two months is one candidate, of any other month another
        candidates as (

            select
                {{ pair_year }},
                source_code,
                period_months,
                case when last_month <= 2 then 2 else last_month end as slot,
                min(source_priority) as source_priority,
                min(kind_order) as kind_order,
                sum(period_months) as months_covered,
                sum(months_with_turnover) as months_with_turnover
            from months
            group by {{ pair_year }}, source_code, period_months, slot

        ),

        whole_years as (

            select {{ pair_year }}, source_code
            from
                (
                    select {{ pair_year }}, source_code, slot, max(months_with_turnover) as n_months
                    from candidates
                    group by {{ pair_year }}, source_code, slot
                ) as slots
            group by {{ pair_year }}, source_code
            having sum(n_months) = 12

        ),

        placed as (

            select
                candidates.*,
                case
                    when whole.source_code is null
                    then 3
                    when whole.source_code = year.turnover_source_code
                    then 1
                    else 2
                end as whole_order
            from candidates
            left join
                whole_years as whole
                on candidates.reporter_code = whole.reporter_code
                and candidates.partner_code = whole.partner_code
                and candidates.year_number = whole.year_number
                and candidates.source_code = whole.source_code
            left join
                bilateral_turnover_year as year
                on candidates.reporter_code = year.reporter_code
                and candidates.partner_code = year.partner_code
                and candidates.year_number = year.year_number
                and year.turnover_basis = 'own'

        ),

        ranked as (

            select
                *,
                row_number() over (
                    partition by {{ pair_year }}, slot
                    order by
                        whole_order,
                        months_with_turnover desc,
                        months_covered desc,
                        kind_order,
                        source_priority nulls last,
                        source_code,
                        period_months
                ) as place,
                max(months_covered) over (partition by {{ pair_year }}, slot) as most_covered
            from placed

        )

    select
        flows.reporter_code,
        flows.partner_code,
        flows.flow_code,
        flows.period_code,
        flows.year_number,
        flows.period_start,
        flows.period_end,
        flows.period_months,
        flows.source_code,
        flows.value_usd,
        flows.month_rule,
        flows.valuation_code,
        flows.ytd_difference_usd,
        flows.publication_id,
        flows.file_id,
        flows.line
    from flows
    inner join
        ranked
        on flows.reporter_code = ranked.reporter_code
        and flows.partner_code = ranked.partner_code
        and flows.year_number = ranked.year_number
        and flows.source_code = ranked.source_code
        and flows.period_months = ranked.period_months
        and case when flows.last_month <= 2 then 2 else flows.last_month end = ranked.slot
    -- a lone January of one source and a lone February of another stand side by side
    where ranked.place = 1 or (ranked.slot = 2 and ranked.most_covered = 1)
    qualify
        rank() over (partition by flows.reporter_code, flows.partner_code, flows.period_code order by ranked.place) = 1
{% endmacro %}
