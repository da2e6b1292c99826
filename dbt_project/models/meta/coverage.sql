-- What each source holds of each reporter, year by year: the first thing to look at before a rank or a share.
with
    cells as (

        select source_code, reporter_code, partner_code, period_code, coverage, conversion_rule
        from {{ ref('fct_trade') }}
        union all
        select source_code, reporter_code, partner_code, period_code, coverage, conversion_rule
        from {{ ref('fct_trade_total') }}

    )

select
    cells.source_code,
    cells.reporter_code,
    period.freq_code,
    period.year_number,
    cells.coverage,
    count(distinct case when partner.is_economy then cells.partner_code end) as n_partners,
    count(*) as n_rows,
    count(case when cells.conversion_rule = 'average_rate' then 1 end) as n_converted,
    count(case when cells.conversion_rule = 'no_rate' then 1 end) as n_without_rate
from cells
inner join {{ ref('dim_period') }} as period on cells.period_code = period.period_code
inner join {{ ref('dim_area') }} as partner on cells.partner_code = partner.area_code
group by all
