{% macro partner_report() %}
    -- What every statistic of a reporter says of a partner in a year: exports, imports and turnover, with the World and
    -- trade without a named partner beside, and with itself (goods that come back). Estimates and what was reconciled
    -- from both sides are nobody's report.
    -- Reason for size: what is a total of its own, what two flows add up to and what they contradict rest on one
    -- another.
    with
        annual as (

            select
                report.reporter_code,
                report.partner_code,
                case
                    when report.partner_code = report.reporter_code
                    then 'self'
                    when partner.is_economy
                    then 'economy'
                    when partner.area_kind = 'world'
                    then 'world'
                    else 'unallocated'
                end as partner_kind,
                report.year_number,
                report.flow_code,
                source.statistic_code,
                report.source_code,
                report.source_priority,
                report.total_rule,
                report.cell_state,
                report.value_usd
            from {{ ref('partner_flow_year') }} as report
            inner join {{ ref('dim_area') }} as partner on report.partner_code = partner.area_code
            inner join {{ ref('dim_source') }} as source on report.source_code = source.source_code
            where
                report.cell_state in ('observed', 'implied_zero')
                and partner.area_kind <> 'group'
                and source.statistic_code <> 'BACI'

        ),

        both_flows as (

            select
                reporter_code,
                partner_code,
                partner_kind,
                year_number,
                statistic_code,
                source_code,
                source_priority,
                'sum_one_source' as total_rule,
                max(cell_state) as cell_state,
                max(case when flow_code = 'X' then value_usd end) as exports_usd,
                max(case when flow_code = 'M' then value_usd end) as imports_usd,
                count(*) filter (where cell_state = 'implied_zero') as n_implied,
                sum(value_usd)::decimal(18, 3) as value_usd
            from annual
            where flow_code in ('X', 'M')
            group by
                reporter_code, partner_code, partner_kind, year_number, statistic_code, source_code, source_priority
            having count(*) = 2

        ),

        -- a printed total that the flows of its source contradict, by more than their rounding, is not its total
        contradicted as (

            select total.reporter_code, total.partner_code, total.year_number, total.source_code, total.flow_code
            from annual as total
            inner join
                both_flows as flows
                on total.reporter_code = flows.reporter_code
                and total.partner_code = flows.partner_code
                and total.year_number = flows.year_number
                and total.source_code = flows.source_code
            where
                total.flow_code not in ('X', 'M')
                and total.total_rule = 'published'
                and flows.n_implied = 0
                and
                not {{ adds_up('total.value_usd', 'flows.exports_usd', 'flows.imports_usd', ['total.source_code'] * 3) }}

        ),

        measured as (

            select
                reporter_code,
                partner_code,
                partner_kind,
                year_number,
                case flow_code when 'X' then 'exports' when 'M' then 'imports' else 'turnover' end as measure,
                statistic_code,
                source_code,
                source_priority,
                total_rule,
                cell_state,
                value_usd
            from annual
            anti join contradicted using (reporter_code, partner_code, year_number, source_code, flow_code)

            union all

            select
                reporter_code,
                partner_code,
                partner_kind,
                year_number,
                'turnover',
                statistic_code,
                source_code,
                source_priority,
                total_rule,
                cell_state,
                value_usd
            from both_flows

        )

    select
        reporter_code,
        partner_code,
        partner_kind,
        year_number,
        measure,
        statistic_code,
        source_code,
        source_priority,
        case when value_usd = 0 and cell_state = 'implied_zero' then 'implied_zero' else 'observed' end as cell_state,
        value_usd
    from measured
    qualify
        row_number() over (
            partition by reporter_code, partner_code, year_number, measure, statistic_code
            order by
                -- what was reported goes before what follows from silence, a printed total before a sum and a
                -- converted one
                case cell_state when 'implied_zero' then 1 else 0 end,
                case total_rule when 'published' then 0 when 'sum_one_source' then 1 else 2 end,
                source_priority nulls last,
                source_code
        )
        = 1
{% endmacro %}
