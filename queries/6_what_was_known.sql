-- What was known on a day: vintages, revisions, releases, and the path of a number back to its file.

-- 6.1 How much is on record, as known now?
-- World: bundled
select source_code, count(*) as n_cells
from core.trade_asof(now())
where is_additive
group by source_code
order by n_cells desc, source_code
;
--> source_code      | n_cells
--> comtrade_extract | 1194
--> imf_dots         | 643
--> gacc_quoted      | 310
--> fcs_quoted       | 9

-- 6.2 Which cells were revised after they were first known?
-- World: demo
select source_code, reporter_code as reporter, count(*) as n_revised
from core.fct_trade_vintage
where vintage_number > 1
group by all
order by n_revised desc, source_code, reporter
limit 6
;
--> source_code   | reporter | n_revised
--> comtrade_bulk | CHN      | 536
--> baci          | USA      | 192
--> baci          | CHN      | 166
--> baci          | DEU      | 141
--> comtrade_api  | CHN      | 133
--> baci          | RUS      | 128

-- 6.3 A figure through its vintages
-- World: demo
select
    source_code,
    reporter_code as reporter,
    partner_code as partner,
    flow_code as flow,
    period_code as period,
    vintage_number,
    round(value_usd / 1e6, 1) as value_usd_m
from core.fct_trade_vintage
where product_key = 'TOTAL' and source_code = 'comtrade_api'
qualify
    count(distinct value_usd) over (
        partition by source_code, reporter_code, partner_code, flow_code, product_key, period_code
    )
    > 1
order by reporter, partner, flow, period, vintage_number
limit 6
;
--> source_code  | reporter | partner | flow | period | vintage_number | value_usd_m
--> comtrade_api | CHN      | CHE     | X    | 2023   | 1              | 33382.7
--> comtrade_api | CHN      | CHE     | X    | 2023   | 2              | 35051.8
--> comtrade_api | CHN      | DEU     | X    | 2023   | 1              | 60645.6
--> comtrade_api | CHN      | DEU     | X    | 2023   | 2              | 63677.8
--> comtrade_api | CHN      | FRA     | X    | 2023   | 1              | 76274
--> comtrade_api | CHN      | FRA     | X    | 2023   | 2              | 80087.7

-- 6.4 From which file and line does a figure come, and where was that file?
-- World: bundled
select
    trade.period_code as year,
    round(trade.value_usd / 1e9, 2) as value_usd_bn,
    release.source_code,
    release.table_name,
    trade.line
from core.fct_trade as trade
join core.dim_raw_file as release using (file_id)
where
    trade.source_code = 'gacc_quoted'
    and trade.reporter_code = 'CHN'
    and trade.partner_code = 'RUS'
    and trade.flow_code = 'M'
    and trade.product_key = 'TOTAL'
    and trade.period_code in ('2022', '2023')
order by trade.period_code
;
--> year | value_usd_bn | source_code | table_name    | line
--> 2022 | 114.15       | gacc_quoted | partner_trade | 108
--> 2023 | 129.14       | gacc_quoted | partner_trade | 113

-- 6.5 How did the monthly bulletin change the preliminary figures?
-- World: demo
select
    period_code as period,
    flow_code as flow,
    count(*) as n_figures,
    count(*) filter (where abs(revision_pct) > 0.01) as n_changed
from marts.bulletin_revision
group by all
order by period_code desc, flow_code
limit 6
;
--> period     | flow | n_figures | n_changed
--> 2024-YTD11 | M    | 85        | 0
--> 2024-YTD11 | T    | 22        | 2
--> 2024-YTD11 | X    | 63        | 2
--> 2024-YTD10 | M    | 85        | 0
--> 2024-YTD10 | T    | 22        | 2
--> 2024-YTD10 | X    | 63        | 2

-- 6.6 What changed since the last release, and why?
-- World: demo
select
    cause,
    source_code,
    count(*) as n_cells,
    round(sum(difference_usd) filter (where is_additive) / 1e6, 1) as difference_usd_m
from marts.revision
group by all
order by n_cells desc, cause, source_code
limit 8
;
--> cause      | source_code   | n_cells | difference_usd_m
--> new_report | comtrade_bulk | 670     | null
--> new_report | comtrade_api  | 173     | null

-- 6.7 How far does a source revise its figures, and when do they settle?
-- World: demo
select
    source_code,
    reporter_code as reporter,
    flow_code as flow,
    freq_code as frequency,
    n_reissued,
    n_revised,
    round(mean_revision_pct, 3) as mean_pct,
    round(mean_absolute_revision_pct, 3) as mean_absolute_pct,
    round(upward_pct, 1) as upward_pct
from marts.revision_statistic
where n_revised > 0
order by n_revised desc, source_code, reporter, flow, frequency
limit 6
;
--> source_code   | reporter | flow | frequency | n_reissued | n_revised | mean_pct | mean_absolute_pct | upward_pct
--> baci          | USA      | X    | A         | 384        | 192       | 2.062    | 2.062             | 100
--> comtrade_bulk | CHN      | X    | A         | 187        | 187       | 5        | 5                 | 100
--> baci          | CHN      | X    | A         | 332        | 166       | 2.062    | 2.062             | 100
--> baci          | DEU      | X    | A         | 282        | 141       | 2.062    | 2.062             | 100
--> baci          | RUS      | X    | A         | 256        | 128       | 2.062    | 2.062             | 100
--> baci          | VNM      | X    | A         | 250        | 125       | 2.062    | 2.062             | 100

-- 6.8 Which published figures were corrected, and on what evidence?
-- World: bundled
select correction_code, expected_value / 1e9 as printed_usd_bn, new_value / 1e9 as corrected_usd_bn, reason
from meta.correction_outcome
order by correction_code
;
--> correction_code   | printed_usd_bn | corrected_usd_bn | reason
--> exports_june_2023 | 11.28          | 9.551            | Labels of the two flows swapped for June; exports of 9.551 are printed as imports.
--> imports_june_2023 | 9.551          | 11.28            | Labels of the two flows swapped for June; imports of 11.28 are printed as exports.
--> total_2017        | 80.07          | 84.07            | Misprint of one digit: exports of 42.88 and imports of 41.20 billion in the same article add up to 84.08.
