-- Turnover of a pair and year by the first rule that applies; which one did is a column.
-- Reason for size: the rules stand in one place, in the order they are tried.
with
    -- a reporter's own figures; what is implied or derived comes in by its flows
    annual as (select * from {{ ref('partner_flow_year') }} where cell_state = 'observed'),

    published as (

        select *
        from annual
        where flow_code = 'T'
        qualify
            row_number() over (
                partition by reporter_code, partner_code, year_number
                -- what was printed in dollars goes before what was turned into them
                order by case total_rule when 'converted' then 1 else 0 end, source_priority nulls last, source_code
            )
            = 1

    ),

    one_source as (

        select
            reporter_code,
            partner_code,
            year_number,
            source_code,
            source_priority,
            sum(value_usd)::decimal(18, 3) as turnover_usd
        from annual
        where flow_code in ('X', 'M')
        group by reporter_code, partner_code, year_number, source_code, source_priority
        having count(*) = 2
        qualify
            row_number() over (
                partition by reporter_code, partner_code, year_number order by source_priority nulls last, source_code
            )
            = 1

    ),

    two_flows as (

        select
            x.reporter_code,
            x.partner_code,
            x.year_number,
            (x.value_usd + m.value_usd)::decimal(18, 3) as turnover_usd,
            case
                when x.flow_basis = 'own' and m.flow_basis = 'own'
                then 'sum_own_sources'
                when x.flow_basis = 'own' or m.flow_basis = 'own'
                then 'sum_with_mirror'
                when x.flow_basis = 'mirror' and m.flow_basis = 'mirror'
                then 'sum_of_mirrors'
                else 'sum_with_derived'
            end as turnover_rule,
            case
                when x.source_code = m.source_code then x.source_code else x.source_code || '+' || m.source_code
            end as source_code
        from {{ ref('bilateral_flow_year') }} as x
        inner join
            {{ ref('bilateral_flow_year') }} as m
            on x.reporter_code = m.reporter_code
            and x.partner_code = m.partner_code
            and x.year_number = m.year_number
        where x.flow_code = 'X' and m.flow_code = 'M'

    ),

    candidates as (

        select
            case total_rule when 'converted' then 3 else 1 end as rule_order,
            reporter_code,
            partner_code,
            year_number,
            value_usd as turnover_usd,
            total_rule || '_total' as turnover_rule,
            source_code,
            value_usd_min,
            value_usd_max,
            n_reports,
            is_corroborated,
            publication_id,
            file_id,
            line
        from published

        union all

        select
            2,
            reporter_code,
            partner_code,
            year_number,
            turnover_usd,
            'sum_one_source',
            source_code,
            null,
            null,
            null,
            false,
            null,
            null,
            null
        from one_source

        union all

        select
            case turnover_rule when 'sum_of_mirrors' then 6 when 'sum_with_derived' then 7 else 4 end,
            reporter_code,
            partner_code,
            year_number,
            turnover_usd,
            turnover_rule,
            source_code,
            null,
            null,
            null,
            false,
            null,
            null,
            null
        from two_flows

        union all

        -- a total the partner printed stands before the sum of its flows
        select
            5,
            published.partner_code,
            published.reporter_code,
            published.year_number,
            published.value_usd,
            'published_by_partner',
            published.source_code,
            published.value_usd_min,
            published.value_usd_max,
            published.n_reports,
            published.is_corroborated,
            published.publication_id,
            published.file_id,
            published.line
        from published
        inner join
            (select distinct reporter_code from {{ ref('fct_availability') }} where freq_code = 'A') as reporters
            on published.partner_code = reporters.reporter_code

    )

select
    candidates.reporter_code,
    candidates.partner_code,
    candidates.year_number,
    candidates.turnover_usd::decimal(18, 3) as turnover_usd,
    candidates.turnover_rule,
    candidates.source_code as turnover_source_code,
    case
        candidates.turnover_rule
        when 'sum_with_mirror'
        then 'partly_mirror'
        when 'published_by_partner'
        then 'mirror'
        when 'sum_of_mirrors'
        then 'mirror'
        when 'sum_with_derived'
        then 'derived'
        else 'own'
    end as turnover_basis,
    candidates.value_usd_min::decimal(18, 3) as turnover_usd_min,
    candidates.value_usd_max::decimal(18, 3) as turnover_usd_max,
    candidates.n_reports::bigint as n_reports,
    candidates.is_corroborated,
    candidates.publication_id,
    candidates.file_id,
    candidates.line::bigint as line
from candidates
inner join {{ ref('dim_area') }} as partner on candidates.partner_code = partner.area_code
where partner.area_kind in ('economy', 'group') and candidates.partner_code <> candidates.reporter_code
qualify
    row_number() over (
        partition by candidates.reporter_code, candidates.partner_code, candidates.year_number
        order by candidates.rule_order
    )
    = 1
