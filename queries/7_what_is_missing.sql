-- What is missing: datasets, coverage, states of a cell, rejected and excluded rows.

-- 7.1 Which datasets are here, and is a partner that is not in one a zero (complete) or unknown (selected)?
-- World: bundled
select source_code, availability_state, partner_scope, count(*) as n_datasets
from core.fct_availability
where freq_code = 'A' and classification_code = 'TOTAL'
group by all
order by n_datasets desc, source_code, availability_state, partner_scope
limit 8
;
--> source_code      | availability_state | partner_scope | n_datasets
--> comtrade_extract | published          | selected      | 795
--> imf_dots         | published          | selected      | 86
--> gacc_quoted      | published          | selected      | 55
--> partner_quoted   | published          | selected      | 12
--> fcs_quoted       | published          | selected      | 9
--> fcs_quoted       | published          | world         | 5

-- 7.2 Who has reported a year, and who has not?
-- World: demo
select
    reporter_code as reporter,
    period_code as year,
    availability_state,
    partner_scope,
    first_released_at::date as released_on
from core.fct_availability
where
    source_code = 'comtrade_api'
    and freq_code = 'A'
    and flow_code = 'X'
    and classification_code = 'TOTAL'
    and period_code in ('2023', '2024')
order by reporter_code, period_code
;
--> reporter | year | availability_state | partner_scope | released_on
--> CHN      | 2023 | published          | complete      | 2024-04-15
--> CHN      | 2024 | published          | complete      | 2025-04-15
--> KAZ      | 2023 | published          | complete      | 2024-04-15
--> KAZ      | 2024 | published          | complete      | 2025-04-15
--> RUS      | 2023 | not_published      | null          | null
--> RUS      | 2024 | not_published      | null          | null

-- 7.3 How much of the world do the reporters of a year stand for?
-- World: demo
select
    period_code as year,
    flow_code as flow,
    max(n_reporters) as n_reporters,
    round(max(reporter_coverage_pct), 1) as reporter_coverage_pct
from marts.coverage
where source_code = 'comtrade_bulk' and length(period_code) = 4 and reporter_coverage_pct is not null
group by all
order by period_code, flow_code
;
--> year | flow | n_reporters | reporter_coverage_pct
--> 2023 | M    | 2           | 100.0
--> 2023 | X    | 2           | 100.0
--> 2024 | M    | 2           | 100.0
--> 2024 | X    | 2           | 100.0

-- 7.4 How complete is a report: partners, products, trade without a name, months, days until it was there
-- World: demo
select
    flow_code as flow,
    round(partner_coverage_pct, 1) as partners_pct,
    round(product_coverage_pct, 1) as products_pct,
    round(nes_share_pct, 2) as nes_pct,
    round(confidential_share_pct, 2) as confidential_pct
from marts.coverage
where source_code = 'comtrade_api' and reporter_code = 'CHN' and period_code = '2024'
order by flow_code
;
--> flow | partners_pct | products_pct | nes_pct | confidential_pct
--> M    | 100.0        | 100.0        | 0.00    | null
--> X    | 100.0        | 100.0        | 0.00    | null

-- 7.5 Cells by state: reported, a zero that follows from a whole report, the partner's word, or nothing
-- World: bundled
select turnover_state, turnover_basis, count(*) as n_pairs
from marts.bilateral_year
group by all
order by n_pairs desc, turnover_state, turnover_basis
;
--> turnover_state | turnover_basis | n_pairs
--> observed       | own            | 693
--> missing        | null           | 517
--> missing        | mirror         | 445

-- 7.6 Rows that came in and are in no fact, with the reason
-- World: demo
select source_code, reason, sum(n_rows) as n_rows
from meta.excluded_row
group by all
order by n_rows desc, source_code, reason
limit 6
;
--> source_code   | reason            | n_rows
--> comtrade_bulk | detail_of_a_total | 208110
--> gacc_bulletin | no_value          | 41232
--> gacc          | no_value          | 7852
--> comext        | added_to_cell     | 6708
--> imf_imts      | group_of_areas    | 3588
--> gacc          | added_to_cell     | 3444

-- 7.7 What came of the last runs, source by source
-- World: demo
select outcome, count(distinct source_code) as n_sources, count(*) as n_partitions, sum(reject_count) as n_rejected
from meta.ingest_outcome
where run_id = (select max(run_id) from meta.ingest_outcome)
group by outcome
order by outcome
;
--> outcome | n_sources | n_partitions | n_rejected
--> failed  | 2         | 2            | 0
--> kept    | 12        | 411          | 0
--> new     | 2         | 2            | 0
--> revised | 2         | 3            | 0

-- 7.8 Which checks did this release pass, and in how many rows only because somebody accepted them for a time?
-- World: bundled
select severity, passed, count(*) as n_checks, sum(accepted_rows) as n_accepted_rows
from meta.check_result
where run_id = (select run_id from meta.release where is_this_release)
group by all
order by severity, passed
;
--> severity | passed | n_checks | n_accepted_rows
--> error    | true   | 98       | 0
--> warning  | true   | 31       | 59

-- 7.9 Products no revision can take in, by the value at stake
-- World: demo
select
    source_code,
    to_revision,
    conversion_state,
    count(*) as n_products,
    round(max(share_of_source_pct), 3) as largest_share_pct
from meta.unconvertible_product
group by all
order by n_products desc, source_code, to_revision, conversion_state
limit 5
;
--> source_code | to_revision | conversion_state | n_products | largest_share_pct
--> baci        | H1          | special_code     | 2          | 1.586
--> baci        | H2          | special_code     | 2          | 1.586
--> baci        | H3          | special_code     | 2          | 1.586
--> baci        | H4          | special_code     | 2          | 1.586
--> baci        | H5          | special_code     | 2          | 1.586
