-- What each source holds of each reporter, year by year: the first thing to look at before a rank or a share.
select
    sums.source_code,
    sums.reporter_code,
    period.freq_code,
    period.year_number,
    sums.coverage,
    count(distinct case when partner.is_economy then sums.partner_code end) as n_partners,
    cast(sum(sums.n_cells) as bigint) as n_rows,
    cast(sum(sums.n_converted) as bigint) as n_converted,
    cast(sum(sums.n_without_rate) as bigint) as n_without_rate
from {{ ref('trade_pair_sum') }} as sums
inner join {{ ref('dim_period') }} as period on sums.period_code = period.period_code
inner join {{ ref('dim_area') }} as partner on sums.partner_code = partner.area_code
group by all
