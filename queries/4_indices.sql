-- Indices: each with formula, universe, null rule and citation in core.dim_indicator.

-- 4.1 Which indices are there, and where do they come from?
-- World: bundled
select indicator_code, lower_bound, upper_bound, citation
from core.dim_indicator
order by indicator_code
limit 8
;
--> indicator_code                | lower_bound | upper_bound | citation
--> complementarity               | 0           | 1           | Michaely 1996
--> concentration_unctad_partners | 0           | 1           | UNCTAD, Handbook of Statistics, calculation methods: market concentration index; there over the exporters of a product
--> concentration_unctad_products | 0           | 1           | UNCTAD, Handbook of Statistics, calculation methods; there over groups of SITC Revision 3 at three digits
--> diversity                     | 0           | null        | Hidalgo and Hausmann 2009
--> eci                           | null        | null        | Hidalgo and Hausmann 2009
--> export_similarity             | 0           | 1           | Finger and Kreinin 1979
--> grubel_lloyd                  | 0           | 1           | Grubel and Lloyd 1975
--> hhi_equivalent_partners       | 1           | null        | Adelman 1969

-- 4.2 How open is an economy, and why is it unknown where it is?
-- World: bundled
select reporter_code as reporter, period_code as year, round(value, 3) as openness, null_reason
from marts.indicator
where
    indicator_code = 'openness' and source_code = 'comtrade_extract' and reporter_code = 'RUS' and period_code >= '2020'
order by period_code
;
--> reporter | year | openness | null_reason
--> RUS      | 2020 | 0.381    | null
--> RUS      | 2021 | 0.426    | null
--> RUS      | 2022 | null     | not_reported
--> RUS      | 2023 | null     | not_reported
--> RUS      | 2024 | null     | not_reported

-- 4.3 How concentrated are exports over partners?
-- World: demo
select reporter_code as reporter, round(value, 4) as hhi, n_observed, n_implied_zero, n_missing, null_reason
from marts.indicator
where indicator_code = 'hhi_partners' and source_code = 'baci' and flow_code = 'X' and period_code = '2024'
order by hhi desc nulls last, reporter_code
limit 12
;
--> reporter | hhi    | n_observed | n_implied_zero | n_missing | null_reason
--> CHE      | 0.2504 | 11         | 243            | 0         | null
--> NLD      | 0.2188 | 11         | 243            | 0         | null
--> FRA      | 0.174  | 11         | 243            | 0         | null
--> RUS      | 0.1673 | 11         | 243            | 0         | null
--> HKG      | 0.1556 | 11         | 243            | 0         | null
--> IND      | 0.1519 | 11         | 243            | 0         | null
--> USA      | 0.1509 | 11         | 243            | 0         | null
--> KAZ      | 0.148  | 11         | 243            | 0         | null
--> DEU      | 0.1458 | 11         | 243            | 0         | null
--> TWN      | 0.1349 | 11         | 243            | 0         | null
--> VNM      | 0.1346 | 11         | 243            | 0         | null
--> CHN      | 0.1017 | 11         | 243            | 0         | null

-- 4.4 In which products has China an advantage?
-- World: demo
select product_key as product, round(rca, 2) as rca, round(rsca, 2) as rsca, n_observed, n_missing
from marts.product_indicator
where
    source_code = 'baci'
    and reporter_code = 'CHN'
    and period_code = '2024'
    and product_level = 'subheading'
    and has_advantage
order by rca desc, product
limit 6
;
--> product   | rca  | rsca | n_observed | n_missing
--> H0:950390 | 4.34 | 0.63 | 12         | 0
--> H0:620342 | 3.54 | 0.56 | 12         | 0
--> H0:940360 | 3.42 | 0.55 | 12         | 0
--> H0:610910 | 3.27 | 0.53 | 12         | 0
--> H0:401120 | 3.21 | 0.53 | 12         | 0
--> H0:760110 | 2.95 | 0.49 | 12         | 0

-- 4.5 Do two economies trade more than their size says?
-- World: demo
select reporter_code as reporter, partner_code as partner, round(value, 2) as intensity
from marts.indicator
where indicator_code = 'trade_intensity' and source_code = 'baci' and period_code = '2024' and value is not null
order by value desc, reporter, partner
limit 6
;
--> reporter | partner | intensity
--> HKG      | TWN     | 4.17
--> TWN      | HKG     | 3.4
--> CHE      | FRA     | 2.79
--> TWN      | VNM     | 2.62
--> FRA      | CHE     | 2.34
--> RUS      | KAZ     | 2.3

-- 4.6 Does one sell what the other buys?
-- World: demo
select reporter_code as reporter, partner_code as partner, round(value, 3) as complementarity
from marts.indicator
where indicator_code = 'complementarity' and source_code = 'baci' and period_code = '2024' and value is not null
order by value desc, reporter, partner
limit 6
;
--> reporter | partner | complementarity
--> CHN      | HKG     | 0.679
--> CHN      | TWN     | 0.671
--> USA      | DEU     | 0.67
--> USA      | FRA     | 0.648
--> USA      | CHN     | 0.645
--> USA      | IND     | 0.615

-- 4.7 Who competes with whom?
-- World: demo
select reporter_code as one, partner_code as other, round(value, 3) as export_similarity
from marts.indicator
where
    indicator_code = 'export_similarity'
    and source_code = 'baci'
    and period_code = '2024'
    and value is not null
    and reporter_code < partner_code
order by value desc, one, other
limit 6
;
--> one | other | export_similarity
--> KAZ | RUS   | 0.663
--> CHN | VNM   | 0.564
--> CHN | TWN   | 0.486
--> TWN | VNM   | 0.474
--> DEU | FRA   | 0.451
--> KAZ | NLD   | 0.42

-- 4.8 Whose exports are complex?
-- World: demo
select
    reporter_code as reporter,
    round(max(case when indicator_code = 'eci' then value end), 3) as eci,
    max(case when indicator_code = 'diversity' then value end) as diversity,
    max(null_reason) as null_reason
from marts.indicator
where indicator_code in ('eci', 'diversity') and source_code = 'baci' and period_code = '2024'
group by reporter_code
order by eci desc nulls last, reporter_code
limit 8
;
--> reporter | eci    | diversity | null_reason
--> TWN      | 1.541  | 4         | null
--> CHN      | 1.045  | 15        | null
--> VNM      | 1.031  | 12        | null
--> USA      | 0.438  | 13        | null
--> RUS      | 0.152  | 12        | null
--> NLD      | 0.047  | 10        | null
--> KAZ      | -0.035 | 8         | null
--> DEU      | -0.047 | 10        | null

-- 4.9 Growth by the world, its goods, its markets, or its own doing
-- World: demo
select
    reporter_code as reporter,
    round(change_usd / 1e9, 2) as change_usd_bn,
    round(world_effect_usd / 1e9, 2) as world_usd_bn,
    round(products_effect_usd / 1e9, 2) as goods_usd_bn,
    round(markets_effect_usd / 1e9, 2) as markets_usd_bn,
    round(competitiveness_effect_usd / 1e9, 2) as own_usd_bn
from marts.constant_market_share
where source_code = 'baci' and period_code = '2024' and change_usd is not null and world_effect_usd is not null
order by change_usd desc, reporter_code
limit 6
;
--> reporter | change_usd_bn | world_usd_bn | goods_usd_bn | markets_usd_bn | own_usd_bn
--> CHN      | 75.03         | 75.82        | 0.69         | -0.14          | -1.33
--> USA      | 54.18         | 52.47        | 0.1          | 1.22           | 0.39
--> DEU      | 51.82         | 49.54        | -1.11        | 0.32           | -1.08
--> RUS      | 40.55         | 37.03        | 2.02         | 0.24           | 1.26
--> FRA      | 25.31         | 26.15        | -1.73        | -0.57          | 1.46
--> NLD      | 20.9          | 20.81        | 0.71         | -0.09          | -0.53

-- 4.10 Is growth new goods, or more of the same?
-- World: demo
select
    reporter_code as reporter,
    flow_code as flow,
    round(change_usd / 1e9, 3) as change_usd_bn,
    round(kept_products_usd / 1e9, 3) as kept_usd_bn,
    n_new_products,
    n_lost_products,
    round(product_breadth, 3) as product_breadth,
    round(product_depth, 3) as product_depth
from marts.trade_margin
where source_code = 'baci' and flow_code = 'X' and period_code = '2024' and change_usd is not null
order by change_usd desc, reporter_code
limit 6
;
--> reporter | flow | change_usd_bn | kept_usd_bn | n_new_products | n_lost_products | product_breadth | product_depth
--> CHN      | X    | 75.03         | 75.03       | 0              | 0               | 0.616           | 0.371
--> USA      | X    | 54.18         | 54.18       | 0              | 0               | 0.885           | 0.18
--> DEU      | X    | 47.678        | 47.678      | 0              | 0               | 0.691           | 0.216
--> RUS      | X    | 40.545        | 40.545      | 0              | 0               | 0.397           | 0.284
--> FRA      | X    | 25.305        | 25.305      | 0              | 0               | 0.53            | 0.149
--> NLD      | X    | 20.895        | 20.895      | 0              | 0               | 0.638           | 0.099
