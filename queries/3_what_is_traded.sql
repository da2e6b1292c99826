-- What is traded: commodities of the press, HS chapters and codes, other HS revisions, unit values.

-- 3.1 What did China buy from Russia?
-- World: bundled
select
    commodity_group_code as commodity,
    round(value_usd / 1e9, 2) as value_usd_bn,
    round(share_of_flow_pct, 1) as share_pct,
    quantity,
    quantity_unit_code as unit
from marts.commodity_mix
where
    reporter_code = 'CHN'
    and partner_code = 'RUS'
    and flow_code = 'M'
    and period_code = '2024'
    and value_usd is not null
order by value_usd desc, commodity
limit 8
;
--> commodity | value_usd_bn | share_pct | quantity            | unit
--> crude_oil | 62.42        | 48.3      | 108470000000.000000 | kg
--> lng       | 4.99         | 3.9       | 8300000000.000000   | kg
--> aluminium | 3.8          | 2.9       | null                | null

-- 3.2 Is it oil? Crude oil as a share of what Russia sells to China, as far back as it is known
-- World: bundled
select reporter_code as reporter, flow_code as flow, period_code as year, round(share_of_flow_pct, 1) as share_pct
from marts.commodity_mix
where
    commodity_group_code = 'crude_oil'
    and (reporter_code, partner_code) in (('CHN', 'RUS'), ('RUS', 'CHN'))
    and length(period_code) = 4
    and share_of_flow_pct is not null
order by period_code desc, reporter_code
limit 8
;
--> reporter | flow | year | share_pct
--> CHN      | M    | 2024 | 48.3
--> CHN      | M    | 2022 | 51.1
--> CHN      | M    | 2021 | 51.4
--> RUS      | X    | 2021 | 51.5
--> CHN      | M    | 2020 | 48.3
--> RUS      | X    | 2020 | 48.4
--> RUS      | X    | 2019 | 58.7
--> RUS      | X    | 2018 | 62.7

-- 3.3 What an umbrella word of the press covers, in HS
-- World: bundled
select
    commodity_group_code as commodity,
    count(*) as n_prefixes,
    string_agg(hs_prefix, ' ' order by hs_prefix) as hs_prefixes
from core.bridge_product_group
where commodity_group_code in ('electromechanical', 'coal', 'lumber', 'crude_oil')
group by commodity_group_code
order by commodity_group_code
;
--> commodity         | n_prefixes | hs_prefixes
--> coal              | 2          | 2701 2702
--> crude_oil         | 1          | 2709
--> electromechanical | 7          | 84 85 86 87 88 89 90
--> lumber            | 1          | 4407

-- 3.4 The largest HS chapters of a year
-- World: demo
select chapter.product_name as chapter, round(sum(trade.value_usd) / 1e9, 2) as value_usd_bn
from core.trade_of('comtrade_bulk', 'A') as trade
join core.dim_product as product on trade.product_key = product.product_key
join core.dim_product as chapter on chapter.product_key = 'HS:' || product.chapter_code
where trade.reporter_code = 'CHN' and trade.flow_code = 'X' and trade.period_code = '2024'
group by chapter.product_name
order by value_usd_bn desc, chapter
limit 6
;
--> chapter                                   | value_usd_bn
--> Electrical and electronic equipment       | 440.9
--> Machinery and computers                   | 154.86
--> Road vehicles                             | 67.37
--> Woven clothing                            | 64.8
--> Toys, games and sports goods              | 58.7
--> Furniture, lamps and prefabricated houses | 46.7

-- 3.5 What became of a code in the next revision?
-- World: bundled
select to_revision, to_code, round(weight, 4) as weight, weight_method, n_steps
from core.bridge_product_revision
where from_product_key = 'H5:851712'
order by to_revision, weight desc, to_code
;
--> to_revision | to_code | weight | weight_method | n_steps
--> H0          | 852520  | 1      | whole         | 5
--> H1          | 852520  | 1      | whole         | 4
--> H2          | 852520  | 1      | whole         | 3
--> H3          | 851712  | 1      | whole         | 2
--> H4          | 851712  | 1      | whole         | 1
--> H6          | 851713  | 0.1    | main_split    | 1
--> H6          | 851714  | 0.1    | main_split    | 1
--> H6          | 852411  | 0.1    | main_split    | 1
--> H6          | 852412  | 0.1    | main_split    | 1
--> H6          | 852419  | 0.1    | main_split    | 1
--> H6          | 852491  | 0.1    | main_split    | 1
--> H6          | 852492  | 0.1    | main_split    | 1
--> H6          | 852499  | 0.1    | main_split    | 1
--> H6          | 854151  | 0.1    | main_split    | 1
--> H6          | 854159  | 0.1    | main_split    | 1

-- 3.6 How much of the value was converted, and how, when all is asked in one revision?
-- World: demo
select conversion_state, weight_method, count(*) as n_cells, round(sum(value_usd) / 1e9, 1) as value_usd_bn
from core.trade_in_revision('H4')
where source_code = 'comtrade_bulk' and flow_code = 'M'
group by all
order by n_cells desc, conversion_state, weight_method
;
--> conversion_state | weight_method | n_cells | value_usd_bn
--> converted        | whole         | 5589    | 2694.3
--> converted        | kept_code     | 130     | 27

-- 3.7 What is a usual price, and which flows lie outside of its band?
-- World: demo
select
    flag.reporter_code as reporter,
    flag.partner_code as partner,
    flag.product_key as product,
    round(flag.unit_value_usd, 2) as unit_value_usd,
    round(flag.median_unit_value_usd, 2) as median_usd,
    round(flag.robust_z, 1) as robust_z
from marts.unit_value_flag as flag
where flag.is_outlier
order by abs(flag.robust_z) desc, reporter, partner, product
limit 5
;
--> reporter | partner | product   | unit_value_usd | median_usd | robust_z
--> KAZ      | DEU     | H6:270112 | 0.1            | 0.12       | 6.9
--> KAZ      | TWN     | H6:270112 | 0.15           | 0.12       | 6.4
--> KAZ      | FRA     | H6:270900 | 0.42           | 0.61       | 5.8
--> RUS      | HKG     | H0:760110 | 4.31           | 2.38       | 5.6
--> RUS      | HKG     | H0:760110 | 4.46           | 2.47       | 5.6

-- 3.8 Growth split into prices and volumes, and how much of the value the matched flows cover
-- World: demo
select
    partner_code as partner,
    flow_code as flow,
    round(coverage_pct, 1) as coverage_pct,
    round(unit_value_fisher, 3) as unit_value_fisher,
    round(volume_fisher, 3) as volume_fisher
from marts.unit_value_index
where source_code = 'comtrade_bulk' and reporter_code = 'CHN' and period_code = '2024' and unit_value_fisher is not null
order by coverage_pct desc, partner, flow
limit 6
;
--> partner | flow | coverage_pct | unit_value_fisher | volume_fisher
--> CHE     | M    | 100          | 1.022             | 1.069
--> CHE     | X    | 100          | 0.974             | 1.034
--> DEU     | M    | 100          | 1.025             | 1.059
--> DEU     | X    | 100          | 0.977             | 1.05
--> FRA     | M    | 100          | 1.021             | 1.048
--> FRA     | X    | 100          | 0.974             | 1.044

-- 3.9 Which products pushed the exports of a reporter up or down, in percentage points of its growth?
-- World: demo
select component_kind, component_key, round(contribution_pct, 2) as contribution_pct, round(growth_pct, 2) as growth_pct
from marts.growth_contribution
where
    source_code = 'comtrade_bulk'
    and reporter_code = 'CHN'
    and partner_code = 'WLD'
    and flow_code = 'X'
    and period_code = '2024'
    and contribution_pct is not null
    and component_kind <> 'partner'
order by abs(contribution_pct) desc, component_key
limit 6
;
--> component_kind | component_key | contribution_pct | growth_pct
--> product        | HS:85         | 1.19             | 2.15
--> product        | HS:84         | 0.24             | 2.15
--> product        | HS:87         | 0.17             | 2.15
--> product        | HS:61         | 0.16             | 2.15
--> product        | HS:95         | 0.12             | 2.15
--> product        | HS:40         | 0.09             | 2.15
