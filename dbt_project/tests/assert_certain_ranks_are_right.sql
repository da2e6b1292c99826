-- A release that calls more than 2 of 100 ranks certain that are wrong, when known reports are hidden, is not
-- published: of
-- each share of reports hidden, counted over all years and statistics, wherever fifty certain ranks can be counted.
select hidden_pct, measure, sum(n_certain) as n_certain, sum(n_wrong) as n_wrong
from {{ ref('rank_error') }}
group by hidden_pct, measure
having sum(n_certain) >= 50 and sum(n_wrong) > 0.02 * sum(n_certain)
