-- Share of a currency in the payments of a flow: the share most publications give, then the latest.
with
    reports as (

        -- a publication that repeats one figure counts once
        select
            report.reporter_code,
            report.partner_code,
            report.flow_code,
            report.scope_text,
            report.period_code,
            report.currency_code,
            report.share_pct,
            report.publication_id,
            max(publication.published_on) as published_on,
            min(report.file_id) as file_id,
            min(report.line) as line
        from {{ ref('fct_settlement_share') }} as report
        left join {{ ref('dim_publication') }} as publication on report.publication_id = publication.publication_id
        group by
            report.reporter_code,
            report.partner_code,
            report.flow_code,
            report.scope_text,
            report.period_code,
            report.currency_code,
            report.share_pct,
            report.publication_id

    ),

    corroborated as (

        select
            *,
            count(*) over (
                partition by reporter_code, partner_code, flow_code, scope_text, period_code, currency_code, share_pct
            ) as n_agreeing
        from reports

    ),

    cells as (

        select
            reporter_code,
            partner_code,
            flow_code,
            scope_text,
            period_code,
            currency_code,
            min(share_pct) as share_pct_min,
            max(share_pct) as share_pct_max,
            count(*) as n_reports,
            max(n_agreeing) as n_agreeing
        from corroborated
        group by reporter_code, partner_code, flow_code, scope_text, period_code, currency_code

    ),

    chosen as (

        select *
        from corroborated
        qualify
            row_number() over (
                partition by reporter_code, partner_code, flow_code, scope_text, period_code, currency_code
                order by n_agreeing desc nulls last, published_on desc nulls last, publication_id, line
            )
            = 1

    )

select
    cells.reporter_code,
    cells.partner_code,
    cells.flow_code,
    cells.scope_text,
    cells.period_code,
    cells.currency_code,
    chosen.share_pct::decimal(9, 3) as share_pct,
    cells.share_pct_min::decimal(9, 3) as share_pct_min,
    cells.share_pct_max::decimal(9, 3) as share_pct_max,
    cells.n_reports::bigint as n_reports,
    case
        when cells.n_reports = 1
        then 'only_report'
        when cells.share_pct_min = cells.share_pct_max
        then 'reports_agree'
        when cells.n_agreeing > 1
        then 'most_corroborated'
        else 'latest_report'
    end as choice_rule,
    chosen.publication_id,
    chosen.file_id,
    chosen.line::bigint as line
from cells
inner join
    chosen
    on cells.reporter_code = chosen.reporter_code
    and cells.partner_code = chosen.partner_code
    and cells.flow_code = chosen.flow_code
    and cells.scope_text = chosen.scope_text
    and cells.period_code = chosen.period_code
    and cells.currency_code = chosen.currency_code
