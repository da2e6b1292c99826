-- A pair of economies: levels, growth, balance, months, both reporters. Exports FOB, imports CIF unless said otherwise.

-- 1.1 How much do China and Russia trade, by either reporter, and by which rule was the level chosen?
-- World: bundled
select
    year_number as year,
    reporter_code as reporter,
    round(turnover_any_basis_usd / 1e9, 2) as turnover_usd_bn,
    turnover_basis as basis,
    turnover_rule as rule,
    turnover_source_code as source
from marts.bilateral_year
where (reporter_code, partner_code) in (('CHN', 'RUS'), ('RUS', 'CHN')) and year_number between 2019 and 2023
order by year_number, reporter_code
;
--> year | reporter | turnover_usd_bn | basis  | rule                 | source
--> 2019 | CHN      | 110.75          | own    | published_total      | gacc_quoted
--> 2019 | RUS      | 111.46          | own    | sum_one_source       | comtrade_extract
--> 2020 | CHN      | 107.76          | own    | published_total      | gacc_quoted
--> 2020 | RUS      | 104.06          | own    | sum_one_source       | comtrade_extract
--> 2021 | CHN      | 146.89          | own    | published_total      | gacc_quoted
--> 2021 | RUS      | 141.37          | own    | sum_one_source       | comtrade_extract
--> 2022 | CHN      | 190.27          | own    | published_total      | gacc_quoted
--> 2022 | RUS      | 190.27          | mirror | published_by_partner | gacc_quoted
--> 2023 | CHN      | 240.11          | own    | published_total      | gacc_quoted
--> 2023 | RUS      | 240.11          | mirror | published_by_partner | gacc_quoted

-- 1.2 How much did it grow: as printed, in dollars and in yuan, and by the levels?
-- World: bundled
select
    year_number as year,
    turnover_yoy_published_pct as printed_pct,
    turnover_yoy_published_cny_pct as printed_in_cny_pct,
    round(turnover_yoy_pct, 1) as computed_pct,
    turnover_yoy_is_comparable as is_comparable
from marts.bilateral_year
where reporter_code = 'CHN' and partner_code = 'RUS' and year_number >= 2018
order by year_number
;
--> year | printed_pct | printed_in_cny_pct | computed_pct | is_comparable
--> 2018 | 27.100      | null               | 27.3         | true
--> 2019 | 3.400       | null               | 3.4          | true
--> 2020 | -2.900      | null               | -2.7         | true
--> 2021 | 35.800      | 26.600             | 36.3         | true
--> 2022 | 29.300      | null               | 29.5         | true
--> 2023 | 26.300      | 32.700             | 26.2         | true
--> 2024 | 1.900       | null               | 2.0          | true
--> 2025 | -6.900      | -6.900             | -6.8         | true

-- 1.3 Who has the surplus, and do both sides agree on the sign?
-- World: bundled
select
    year_number as year,
    round(max(case when reporter_code = 'RUS' then balance_usd end) / 1e9, 2) as by_russia_usd_bn,
    round(- max(case when reporter_code = 'CHN' then balance_usd end) / 1e9, 2) as by_china_usd_bn
from marts.bilateral_year
where
    (reporter_code, partner_code) in (('CHN', 'RUS'), ('RUS', 'CHN'))
    and year_number between 2017 and 2021
    and exports_basis = 'own'
    and imports_basis = 'own'
group by year_number
order by year_number
;
--> year | by_russia_usd_bn | by_china_usd_bn
--> 2017 | -15.28           | -1.68
--> 2018 | 3.8              | 11.1
--> 2019 | 3.18             | 11.35
--> 2020 | -5.77            | 6.6
--> 2021 | -4.01            | null

-- 1.4 What does one side say of a year the other did not report?
-- World: bundled
select
    year_number as year,
    turnover_state as state,
    turnover_usd,
    round(turnover_any_basis_usd / 1e9, 2) as any_basis_usd_bn,
    state_code
from marts.bilateral_year
where reporter_code = 'RUS' and partner_code = 'CHN' and year_number in (2021, 2022)
order by year_number
;
--> year | state    | turnover_usd     | any_basis_usd_bn | state_code
--> 2021 | observed | 141372200000.000 | 141.37           | reported
--> 2022 | missing  | null             | 190.27           | by_partner

-- 1.5 How did the months of a year go, with January and February as the one period they are published as?
-- World: bundled
select
    period_code as period,
    period_months as months,
    round(turnover_usd / 1e9, 2) as turnover_usd_bn,
    turnover_rule as rule
from marts.bilateral_month
where reporter_code = 'CHN' and partner_code = 'RUS' and year_number = 2023
order by period_start, period_months
;
--> period      | months | turnover_usd_bn | rule
--> 2023-M01M02 | 2      | 33.69           | published_two_months
--> 2023-M03    | 1      | 20.06           | published_month
--> 2023-M04    | 1      | 19.23           | published_month
--> 2023-M05    | 1      | 20.57           | published_month
--> 2023-M06    | 1      | 20.83           | published_month
--> 2023-M07    | 1      | 19.49           | published_month
--> 2023-M08    | 1      | 20.8            | published_month
--> 2023-M09    | 1      | 21.1            | published_month
--> 2023-M10    | 1      | 19.8            | published_month
--> 2023-M11    | 1      | 21.5            | published_month
--> 2023-M12    | 1      | 21.94           | ytd_difference

-- 1.6 Which months that were printed disagree with the difference of the cumulative figures?
-- World: bundled
select
    period_code as period,
    currency_code as currency,
    round(printed_value / 1e9, 2) as printed_bn,
    round(difference_value / 1e9, 2) as difference_bn
from marts.month_from_cumulative
where reporter_code = 'CHN' and partner_code = 'RUS' and flow_code = 'T' and month_state = 'disagrees'
order by period_code desc, currency_code
limit 5
;
--> period   | currency | printed_bn | difference_bn
--> 2025-M09 | USD      | 19.82      | 19.86
--> 2025-M08 | USD      | 17.9       | 17.96
--> 2025-M07 | USD      | 19.13      | 19.32
--> 2024-M12 | USD      | 21.97      | 22.05
--> 2024-M08 | USD      | 21.68      | 21.8

-- 1.7 What share of each side's trade is the other?
-- World: bundled
select
    year_number as year,
    reporter_code as reporter,
    partner_code as partner,
    round(share_of_turnover_pct, 2) as share_pct,
    share_source_code as source
from marts.bilateral_year
where
    (reporter_code, partner_code) in (('CHN', 'RUS'), ('RUS', 'CHN'))
    and share_of_turnover_pct is not null
    and year_number between 2018 and 2021
order by year_number, reporter_code
;
--> year | reporter | partner | share_pct | source
--> 2018 | RUS      | CHN     | 15.65     | comtrade_extract
--> 2019 | CHN      | RUS     | 2.42      | gacc_quoted
--> 2019 | RUS      | CHN     | 16.54     | comtrade_extract
--> 2020 | CHN      | RUS     | 2.32      | gacc_quoted
--> 2020 | RUS      | CHN     | 18.30     | comtrade_extract
--> 2021 | CHN      | RUS     | 2.43      | gacc_quoted
--> 2021 | RUS      | CHN     | 17.99     | comtrade_extract

-- 1.8 All reports of one figure, the chosen one first, each with who published it
-- World: bundled
select round(report.value_usd / 1e9, 2) as value_usd_bn, report.is_chosen, publication.publisher
from core.fct_trade_report as report
join core.dim_publication as publication using (publication_id)
where
    report.reporter_code = 'CHN'
    and report.partner_code = 'RUS'
    and report.flow_code = 'T'
    and report.period_code = '2017'
    and report.value_usd is not null
order by report.is_chosen desc, value_usd_bn, publication.publisher
limit 6
;
--> value_usd_bn | is_chosen | publisher
--> 84.07        | true      | bne IntelliNews via Russia Insider (citing TASS)
--> 84.07        | false     | Oreanda-News
--> 84.07        | false     | Oreanda-News
--> 84.07        | false     | RT
--> 84.07        | false     | RT
--> 84.07        | false     | RT

-- 1.9 How far was the base revised between a printed growth rate and the levels on record?
-- World: bundled
select
    period_code as period,
    yoy_currency as currency,
    yoy_printed_pct as printed_pct,
    round(yoy_computed_pct, 1) as computed_pct,
    round(base_revision_pct, 2) as base_revised_pct
from marts.printed_growth
where
    reporter_code = 'CHN'
    and partner_code = 'RUS'
    and flow_code = 'T'
    and product_key = 'TOTAL'
    and length(period_code) = 4
    and base_revision_pct is not null
order by period_code desc, yoy_currency
limit 6
;
--> period | currency | printed_pct | computed_pct | base_revised_pct
--> 2025   | USD      | -6.900      | -6.8         | 0.08
--> 2024   | USD      | 1.900       | 2.0          | 0.06
--> 2023   | USD      | 26.300      | 26.2         | -0.08
--> 2022   | USD      | 29.300      | 29.5         | 0.18
--> 2021   | USD      | 35.800      | 36.3         | 0.38
--> 2020   | USD      | -2.900      | -2.7         | 0.21

-- 1.10 Everything known of a pair, counted by section
-- World: bundled
select section, count(*) as n_figures, count(*) filter (where value is null) as n_unknown
from marts.profile('RUS', 'CHN')
group by section
order by section
;
--> section    | n_figures | n_unknown
--> commodity  | 143       | 80
--> event      | 9         | 9
--> mirror     | 156       | 18
--> missing    | 6         | 6
--> rank       | 972       | 447
--> settlement | 101       | 0
--> statement  | 102       | 1
--> target     | 86        | 2
--> trade      | 378       | 75

-- 1.11 A pair with a group: the sum over its members where all are known, else a floor with the count
-- World: bundled
select
    year_number as year,
    n_turnover_known as n_known,
    n_pairs,
    round(turnover_usd / 1e9, 1) as turnover_usd_bn,
    round(turnover_known_usd / 1e9, 1) as at_least_usd_bn
from marts.bilateral_group_year
where reporter_code = 'CHN' and partner_code = 'EUU' and year_number between 2018 and 2021
order by year_number
;
--> year | n_known | n_pairs | turnover_usd_bn | at_least_usd_bn
--> 2018 | 5       | 28      | null            | 537.4
--> 2019 | 5       | 28      | null            | 539.9
--> 2020 | 4       | 27      | null            | 443
--> 2021 | 4       | 27      | null            | 534.2
