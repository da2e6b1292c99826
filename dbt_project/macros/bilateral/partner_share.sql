{% macro partner_share() %}
    -- Share of a partner in the reporter's turnover: both sides of the ratio from one source, and reported, not
    -- estimated. Of a year it is the share in the report the turnover of the pair comes from, where that has the World;
    -- a zero that a complete report implies is a share of zero.
    with
        years as (

            select
                report.source_code,
                report.reporter_code,
                report.partner_code,
                period.period_code,
                report.turnover_usd,
                report.is_converted,
                report.report_rank
            from {{ ref('pair_report_year') }} as report
            inner join
                {{ ref('dim_period') }} as period on period.freq_code = 'A' and report.year_number = period.year_number
            where report.report_basis = 'own'

        ),

        spans as (

            select
                source_code,
                reporter_code,
                partner_code,
                period_code,
                coalesce(
                    max(case when flow_code = 'T' then value_usd end),
                    max(case when flow_code = 'X' then value_usd end)
                    + max(case when flow_code = 'M' then value_usd end)
                )::decimal(18, 3) as turnover_usd,
                bool_or(total_rule = 'converted') as is_converted,
                min(source_priority) as report_rank
            from {{ ref('trade_flow_period') }}
            where cell_state = 'observed' and freq_code <> 'A'
            group by source_code, reporter_code, partner_code, period_code

        ),

        turnover as (

            select *
            from years
            where turnover_usd is not null
            union all
            select *
            from spans
            where turnover_usd is not null

        ),

        world as (

            select turnover.*
            from turnover
            inner join {{ ref('dim_area') }} as area on turnover.partner_code = area.area_code
            where area.area_kind = 'world'

        )

    select
        turnover.reporter_code,
        turnover.partner_code,
        turnover.period_code,
        period.period_start::date as period_start,
        period.period_end::date as period_end,
        period.period_months::integer as period_months,
        turnover.source_code,
        turnover.turnover_usd,
        world.turnover_usd as world_turnover_usd,
        (100 * {{ ratio('turnover.turnover_usd', 'world.turnover_usd') }})::decimal(28, 4) as share_of_turnover_pct
    from turnover
    inner join
        world
        on turnover.source_code = world.source_code
        and turnover.reporter_code = world.reporter_code
        and turnover.period_code = world.period_code
    inner join {{ ref('dim_period') }} as period on turnover.period_code = period.period_code
    where turnover.partner_code <> world.partner_code
    qualify
        row_number() over (
            partition by turnover.reporter_code, turnover.partner_code, turnover.period_code
            -- dollars over dollars, or yuan over yuan, before one over the other
            order by
                case when turnover.is_converted = world.is_converted then 0 else 1 end,
                turnover.report_rank nulls last,
                turnover.source_code
        )
        = 1
{% endmacro %}
