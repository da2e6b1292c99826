-- Ranks: who is first, since when, and what a missing report does to the answer.

-- 2.1 Among China's top 15? Russia's place, best and worst, and what a ranking of the loaded reports would say
-- World: bundled
select
    year_number as year, rank_best, rank_worst, rank_naive, n_partners_observed as n_observed, n_mirror_only, n_missing
from marts.partner_rank
where
    reporter_code = 'CHN'
    and partner_code = 'RUS'
    and measure = 'turnover'
    and perimeter_code = 'all'
    and year_number >= 2019
order by year_number
;
--> year | rank_best | rank_worst | rank_naive | n_observed | n_mirror_only | n_missing
--> 2019 | 10        | 28         | 7          | 27         | 0             | 227
--> 2020 | 11        | 29         | 8          | 27         | 0             | 227
--> 2021 | 11        | 23         | 10         | 27         | 0             | 227
--> 2022 | 10        | 17         | 10         | 27         | 0             | 227
--> 2023 | 6         | 12         | 6          | 17         | 10            | 227
--> 2024 | 5         | 19         | 2          | 3          | 22            | 229
--> 2025 | 2         | 26         | 2          | 2          | 0             | 252

-- 2.2 The same without Hong Kong, and without Hong Kong and Taiwan
-- World: bundled
select perimeter_name, rank_best, rank_worst, n_universe
from marts.partner_rank
join (select distinct perimeter_code, perimeter_name from core.dim_rank_perimeter) using (perimeter_code)
where reporter_code = 'CHN' and partner_code = 'RUS' and measure = 'turnover' and year_number = 2021
order by rank_worst desc
;
--> perimeter_name               | rank_best | rank_worst | n_universe
--> all partners                 | 11        | 23         | 254
--> without Hong Kong            | 10        | 22         | 253
--> without Hong Kong and Taiwan | 9         | 21         | 252

-- 2.3 Largest partner for how many years: certainly, possibly, and which years are open?
-- World: bundled
select year_number as year, streak_at_least, streak_at_most, streak_at_least_if_unallocated, streak_open_years
from marts.partner_rank
where
    reporter_code = 'RUS'
    and partner_code = 'CHN'
    and measure = 'turnover'
    and perimeter_code = 'all'
    and year_number = 2021
;
--> year | streak_at_least | streak_at_most | streak_at_least_if_unallocated | streak_open_years
--> 2021 | 9               | 12             | 6                              | 2010, 2012

-- 2.4 May a reporter that stopped be ranked? Its partners as their own figures, corrected by the last gap, bound them
-- World: bundled
select year_number as year, partner_code as partner, rank, rank_best, rank_worst, rank_basis, value_state
from marts.partner_rank
where
    reporter_code = 'RUS' and measure = 'turnover' and perimeter_code = 'all' and year_number = 2023 and rank_best <= 2
order by rank_best, rank_worst, partner_code
limit 5
;
--> year | partner | rank | rank_best | rank_worst | rank_basis | value_state
--> 2023 | CHN     | null | 1         | 3          | mirror     | mirror_only
--> 2023 | IND     | null | 1         | 254        | mirror     | mirror_only
--> 2023 | BLR     | null | 2         | 9          | mirror     | mirror_only
--> 2023 | TUR     | null | 2         | 38         | mirror     | mirror_only
--> 2023 | KAZ     | null | 2         | 80         | mirror     | mirror_only

-- 2.5 The first five suppliers and customers of a reporter whose report is whole
-- World: demo
select measure, rank, partner_code as partner, round(value_usd / 1e9, 2) as value_usd_bn, rank_is_certain
from marts.partner_rank
where
    reporter_code = 'CHN'
    and year_number = 2024
    and perimeter_code = 'all'
    and measure in ('exports', 'imports')
    and rank <= 5
order by measure, rank, partner_code
;
--> measure | rank | partner | value_usd_bn | rank_is_certain
--> exports | 1    | HKG     | 172.87       | true
--> exports | 2    | TWN     | 129.05       | true
--> exports | 3    | RUS     | 102.06       | true
--> exports | 4    | USA     | 99.46        | true
--> exports | 5    | VNM     | 94.93        | true
--> imports | 1    | RUS     | 138.59       | true
--> imports | 2    | USA     | 112.85       | true
--> imports | 3    | DEU     | 77.14        | true
--> imports | 4    | IND     | 55.62        | true
--> imports | 5    | VNM     | 46.92        | true

-- 2.6 Which first places are not certain, because trade without a named partner, handed out once, could lift others?
-- World: bundled
select
    reporter_code as reporter,
    year_number as year,
    partner_code as partner,
    round(unallocated_usd / 1e9, 2) as unallocated_usd_bn,
    rank_worst_if_unallocated
from marts.partner_rank
where measure = 'turnover' and perimeter_code = 'all' and rank = 1 and not rank_is_certain
order by year_number desc, reporter_code
limit 6
;
--> reporter | year | partner | unallocated_usd_bn | rank_worst_if_unallocated
--> RUS      | 2015 | CHN     | 53.1               | 4
--> RUS      | 2014 | CHN     | 66.93              | 4
--> RUS      | 2013 | CHN     | 67.28              | 5
--> RUS      | 2011 | CHN     | 72.57              | 5

-- 2.7 Every partner as one row: shares, growth over one and five years, place among its own suppliers
-- World: demo
select
    partner_code as partner,
    round(share_of_exports_pct, 1) as share_of_exports_pct,
    round(exports_growth_pct, 1) as growth_pct,
    round(partner_share_of_world_imports_pct, 1) as share_of_world_imports_pct,
    partner_imports_state
from marts.partner_profile
where reporter_code = 'CHN' and period_code = '2024' and source_code = 'baci' and share_of_exports_pct is not null
order by share_of_exports_pct desc, partner_code
limit 6
;
--> partner | share_of_exports_pct | growth_pct | share_of_world_imports_pct | partner_imports_state
--> TWN     | 13.4                 | 8.9        | 5.6                        | whole
--> USA     | 12.7                 | 8.3        | 8.9                        | whole
--> IND     | 11.6                 | 8.4        | 10.5                       | whole
--> HKG     | 11                   | 8.4        | 5.8                        | whole
--> RUS     | 10.6                 | 8.2        | 5.4                        | whole
--> VNM     | 9.9                  | 7.5        | 4.3                        | whole
