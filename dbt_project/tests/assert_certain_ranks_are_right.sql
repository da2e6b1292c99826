-- A release is not published whose certain ranks are wrong more often than 2 of 100 by more than chance, when known
-- reports are hidden: of each share of reports hidden, counted over all years and statistics, wherever fifty certain
-- ranks can be counted. Chance is the normal bound of a binomial count that one trial in a thousand passes (3.09
-- standard deviations), since several trials are made and few ranks can be counted in a small warehouse; the measured
-- rate itself stands in meta.rank_error.
select
    hidden_pct,
    measure,
    sum(n_certain) as n_certain,
    sum(n_wrong) as n_wrong,
    -- where to look first: a statistic in another unit than its contract says
    max_by(statistic_code || ' ' || year_number, n_wrong) as most_of_them_in
from {{ ref('rank_error') }}
group by hidden_pct, measure
having sum(n_certain) >= 50 and sum(n_wrong) > 0.02 * sum(n_certain) + 3.09 * sqrt(0.02 * 0.98 * sum(n_certain))
