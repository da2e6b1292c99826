-- Targets, settlement, events, statements; and sums, rates and licences.

-- 8.1 Two hundred billion by when, and when was it reached?
-- World: bundled
select
    target_low_usd / 1e9 as target_usd_bn,
    due_year,
    reporter_code as reporter,
    count(distinct target_id) as n_announced,
    min(announced_text) as first_announced,
    first(outcome_code order by announced_text) as outcome,
    first(coalesce(year_reached, last_known_year) order by announced_text) as in_year,
    bool_and(is_reached_by_due) as in_time
from marts.target_progress
where target_low_usd in (200e9, 250e9) and measure = 'turnover'
group by all
order by target_usd_bn, due_year nulls last, reporter
;
--> target_usd_bn | due_year | reporter | n_announced | first_announced | outcome       | in_year | in_time
--> 200           | 2020     | CHN      | 10          | 2011-06-16      | reached_late  | 2023    | false
--> 200           | 2020     | RUS      | 10          | 2011-06-16      | unknown_since | 2021    | false
--> 200           | 2023     | CHN      | 2           | 2023-03-21      | reached       | 2023    | true
--> 200           | 2023     | RUS      | 2           | 2023-03-21      | unknown       | null    | null
--> 200           | 2024     | CHN      | 9           | 2018-09-26      | reached       | 2023    | true
--> 200           | 2024     | RUS      | 9           | 2018-09-26      | unknown_since | 2021    | null
--> 200           | null     | CHN      | 1           | 2015-06-19      | reached       | 2023    | null
--> 200           | null     | RUS      | 1           | 2015-06-19      | unknown_since | 2021    | null
--> 250           | 2024     | CHN      | 2           | 2022-02         | not_reached   | 2025    | false
--> 250           | 2024     | RUS      | 2           | 2022-02         | unknown       | null    | null
--> 250           | null     | CHN      | 3           | 2022-02         | not_reached   | 2025    | null
--> 250           | null     | RUS      | 3           | 2022-02         | unknown       | null    | null

-- 8.2 What yearly growth does a target still ask for?
-- World: bundled
select
    target_low_usd / 1e9 as target_usd_bn,
    due_year,
    latest_year,
    round(latest_usd / 1e9, 1) as latest_usd_bn,
    round(100 * (power(target_low_usd / latest_usd, 1.0 / (due_year - latest_year)) - 1), 2) as from_now_pct,
    round(min(required_cagr_pct), 2) as when_announced_pct
from marts.target_progress
where reporter_code = 'CHN' and measure = 'turnover' and not is_reached and due_year > latest_year
group by target_low_usd, due_year, latest_year, latest_usd
order by due_year, target_usd_bn
;
--> target_usd_bn | due_year | latest_year | latest_usd_bn | from_now_pct | when_announced_pct
--> 300           | 2030     | 2025        | 228.1         | 5.63         | 3.23

-- 8.3 How much is settled in national currencies?
-- World: bundled
select period_code as period, currency_code as currency, share_pct, share_pct_min, share_pct_max, n_reports
from marts.settlement_currency
where reporter_code = 'RUS' and partner_code = 'CHN' and flow_code = 'T'
order by period_code, currency_code
limit 12
;
--> period | currency | share_pct | share_pct_min | share_pct_max | n_reports
--> 2013   | RUB+CNY  | 2.000     | 2.000         | 2.000         | 1
--> 2014   | CNY      | 3.100     | 3.100         | 3.100         | 1
--> 2017   | CNY      | 12.500    | 12.500        | 12.500        | 1
--> 2017   | EUR      | 4.500     | 4.500         | 4.500         | 1
--> 2017   | RUB      | 5.800     | 5.800         | 5.800         | 1
--> 2017   | RUB+CNY  | 18.300    | 18.300        | 18.300        | 1
--> 2017   | USD      | 77.200    | 77.200        | 77.200        | 2
--> 2017   | USD+EUR  | 81.700    | 81.700        | 81.700        | 1
--> 2018   | CNY      | 11.600    | 11.600        | 11.600        | 1
--> 2018   | EUR      | 7.300     | 7.300         | 7.300         | 2
--> 2018   | RUB      | 5.300     | 5.300         | 5.300         | 2
--> 2018   | RUB+CNY  | 16.900    | 16.900        | 16.900        | 1

-- 8.4 Since when, and how often: restrictions on Russia by who imposed them
-- World: bundled
select imposing.imposing_code as imposed_by, min(event.event_on) as first_on, count(*) as n_events
from core.fct_event as imposing
join core.dim_event as event using (event_id)
where imposing.target_code = 'RUS' and event.event_kind = 'sanction'
group by imposing.imposing_code
order by first_on, imposed_by
;
--> imposed_by | first_on   | n_events
--> USA        | 2014-03-06 | 14
--> EUU        | 2014-03-17 | 18
--> AUS        | 2022-03-01 | 1
--> G7         | 2022-12-05 | 2
--> CAN        | 2023-03-10 | 1
--> GBR        | 2024-04-01 | 2

-- 8.5 Trade of a pair before and after an event: levels, not effects
-- World: bundled
select
    period_code as year,
    periods_from_event,
    round(value_usd / 1e9, 1) as turnover_usd_bn,
    round(mean_before_usd / 1e9, 1) as mean_before_bn,
    round(mean_after_usd / 1e9, 1) as mean_after_bn,
    n_matched
from marts.event_window
join core.dim_event using (event_id)
where
    reporter_code = 'CHN'
    and partner_code = 'USA'
    and flow_code = 'T'
    and freq_code = 'A'
    and event_on = (select min(event_on) from core.dim_event where event_kind = 'tariff')
    and source_code = 'gacc_quoted'
order by period_code
limit 7
;
--> year | periods_from_event | turnover_usd_bn | mean_before_bn | mean_after_bn | n_matched
--> 2015 | -3                 | null            | 583.3          | 539.7         | 1
--> 2016 | -2                 | null            | 583.3          | 539.7         | 1
--> 2017 | -1                 | 583.3           | 583.3          | 539.7         | 1
--> 2018 | 0                  | null            | 583.3          | 539.7         | 1
--> 2019 | 1                  | 539.7           | 583.3          | 539.7         | 1
--> 2020 | 2                  | null            | 583.3          | 539.7         | 1
--> 2021 | 3                  | 755.6           | 583.3          | 539.7         | 1

-- 8.6 The article, statement by statement
-- World: bundled
select statement_id, verdict, claimed_value, unit_code, claimed_period_text as claimed_for, fitting_periods
from marts.claim_check
where is_article
order by statement_id
;
--> statement_id | verdict                    | claimed_value | unit_code | claimed_for | fitting_periods
--> c001         | possible, not proven       | 12.000000     | years     | 2010-2021   | null
--> c002         | possible, not proven       | 15.000000     | rank      | 2021        | null
--> c003         | supported                  | 200.000000    | usd_bn    | 2024        | null
--> c004         | right figure, wrong period | 146.000000    | usd_bn    | 2020        | 2021
--> c005         | right figure, wrong period | 35.800000     | percent   | 2020        | 2021
--> c006         | close                      | 140.000000    | usd_bn    | 2021        | null
--> c007         | supported                  | 250.000000    | usd_bn    | null        | null
--> c008         | right figure, wrong period | 16.000000     | percent   | 2020-2021   | 2018
--> c009         | supported                  | 2014.000000   | year      | 2014        | null

-- 8.7 What a verdict stands on
-- World: bundled
select reporter_code as reporter, period_code as year, found_value, unit_code, source_code, finding
from marts.claim_evidence
where statement_id = 'c004' and (is_claimed_period or fits) and found_value is not null
order by period_code, reporter_code, source_code, found_value
limit 6
;
--> reporter | year | found_value | unit_code | source_code      | finding
--> CHN      | 2020 | 107.760000  | usd_bn    | gacc_quoted      | China reports 107.76 bn USD for 2020.
--> RUS      | 2020 | 104.059700  | usd_bn    | comtrade_extract | Russia reports 104.06 bn USD for 2020 (its reports range from 104 to 104.06).
--> CHN      | 2021 | 146.887000  | usd_bn    | gacc_quoted      | China reports 146.887 bn USD for 2021 (its reports range from 146.88 to 146.9).

-- 8.8 Add up in peace: what is exported in a year, every reporter by its one best source
-- World: demo
select
    year_number as year,
    flow_code as flow,
    count(distinct reporter_code) as n_reporters,
    round(sum(value_usd) / 1e9, 1) as value_usd_bn
from marts.trade_year
where year_number >= 2023
group by all
order by year_number, flow_code
;
--> year | flow | n_reporters | value_usd_bn
--> 2023 | M    | 4           | 1548.7
--> 2023 | X    | 4           | 2283.1
--> 2024 | M    | 4           | 1663.5
--> 2024 | X    | 4           | 2448.6

-- 8.9 The yearly rate of the rouble, and the rule behind it
-- World: bundled
select
    period_code as year,
    base_currency_code as base,
    quote_currency_code as quote,
    round(rate, 3) as rate,
    rate_basis,
    choice_rule
from core.fct_exchange_rate
where
    is_chosen
    and quote_currency_code = 'RUB'
    and base_currency_code = 'USD'
    and period_code >= '2020'
    and length(period_code) = 4
order by period_code
;
--> year | base | quote | rate   | rate_basis     | choice_rule
--> 2020 | USD  | RUB   | 72.341 | period_average | preferred_publisher
--> 2021 | USD  | RUB   | 73.680 | period_average | preferred_publisher
--> 2022 | USD  | RUB   | 68.485 | period_average | preferred_publisher
--> 2023 | USD  | RUB   | 85.162 | period_average | preferred_publisher

-- 8.10 Are these figures redistributable?
-- World: bundled
select source.source_code, source.publisher, source.is_redistributable, count(*) as n_cells
from core.fct_trade as trade
join core.dim_source as source using (source_code)
group by all
order by source.source_code
;
--> source_code      | publisher                                                  | is_redistributable | n_cells
--> comtrade_extract | United Nations Statistics Division, UN Comtrade            | false              | 1194
--> fcs_quoted       | Federal Customs Service of Russia, as quoted               | true               | 9
--> gacc_quoted      | General Administration of Customs of China, as quoted      | true               | 310
--> imf_dots         | International Monetary Fund, Direction of Trade Statistics | true               | 643
