-- Turnover of a pair and year by the first rule that applies; which one did is a column. One report of the reporter
-- goes first; then flows of two reports, which the rule names; then the partner's report; last what is estimated.
-- Reason for size: the rules stand in one place, in the order they are tried.
with
    one_report as (

        select *
        from {{ ref('pair_report_year') }}
        where turnover_usd is not null
        qualify
            row_number() over (partition by reporter_code, partner_code, year_number, report_basis order by report_rank)
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
            case report_basis when 'own' then 1 when 'mirror' then 3 else 5 end as rule_order,
            reporter_code,
            partner_code,
            year_number,
            turnover_usd,
            turnover_rule,
            source_code,
            turnover_usd_min,
            turnover_usd_max,
            n_reports,
            is_corroborated,
            publication_id,
            file_id,
            line
        from one_report

        union all

        select
            case turnover_rule when 'sum_of_mirrors' then 4 when 'sum_with_derived' then 6 else 2 end,
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
    candidates.turnover_usd_min::decimal(18, 3) as turnover_usd_min,
    candidates.turnover_usd_max::decimal(18, 3) as turnover_usd_max,
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
