-- Both reports of a trade: how far apart, why, who is reliable, and the value between them.

-- 5.1 What Russia says it sold to China, what China says it bought, and the value between
-- World: bundled
select
    period_code as year,
    round(value_exporter_usd / 1e9, 2) as exporter_fob_bn,
    round(value_importer_usd / 1e9, 2) as importer_bn,
    importer_valuation_code as valued,
    round(tau, 3) as tau,
    tau_method,
    round(value_reconciled_usd / 1e9, 2) as reconciled_bn
from marts.mirror_gap
where exporter_code = 'RUS' and importer_code = 'CHN' and period_code between '2018' and '2022'
order by period_code
;
--> year | exporter_fob_bn | importer_bn | valued | tau  | tau_method   | reconciled_bn
--> 2018 | 56.02           | 59.08       | CIF    | 0.06 | fixed_factor | 55.88
--> 2019 | 57.32           | 61.05       | CIF    | 0.06 | fixed_factor | 57.46
--> 2020 | 49.15           | 57.18       | CIF    | 0.06 | fixed_factor | 51.54
--> 2021 | 68.68           | 78.35       | CIF    | 0.06 | fixed_factor | 71.3
--> 2022 | null            | 114.15      | CIF    | 0.06 | fixed_factor | 107.69

-- 5.2 Where do the reports lie farthest apart, and what is known to drive them?
-- World: demo
select
    exporter_code as exporter,
    importer_code as importer,
    round(gap_usd / 1e9, 2) as gap_usd_bn,
    round(symmetric_gap, 3) as symmetric_gap,
    known_causes
from marts.mirror_gap
where period_code = '2023' and pair_status = 'both' and value_exporter_usd > 0 and value_importer_usd > 0
order by abs(gap_usd) desc, exporter, importer
limit 6
;
--> exporter | importer | gap_usd_bn | symmetric_gap | known_causes
--> CHN      | USA      | 22.3       | 0.103         | different_sources
--> CHN      | DEU      | 12.82      | 0.091         | different_sources
--> USA      | CHN      | 3.23       | 0.017         | different_sources
--> DEU      | USA      | 2.09       | 0.014         | different_sources
--> CHN      | KAZ      | -2.08      | 0.023         | none_known
--> USA      | DEU      | 1.25       | 0.004         | different_sources

-- 5.3 Who reports more than its partners, and how far is it from them?
-- World: demo
select
    reporter_code as reporter,
    flow_code as flow,
    n_partners,
    round(bias, 3) as bias,
    round(asymmetry_index, 3) as asymmetry_index,
    round(far_apart_pct, 1) as far_apart_pct
from marts.reporter_asymmetry
where period_code = '2023'
order by asymmetry_index desc, reporter, flow
limit 6
;
--> reporter | flow | n_partners | bias   | asymmetry_index | far_apart_pct
--> CHN      | X    | 3          | -0.074 | 0.083           | 0
--> USA      | M    | 3          | 0.064  | 0.064           | 0
--> DEU      | M    | 3          | 0.029  | 0.029           | 0
--> KAZ      | M    | 3          | -0.014 | 0.014           | 0
--> CHN      | M    | 3          | 0.01   | 0.011           | 0
--> DEU      | X    | 3          | -0.01  | 0.01            | 0

-- 5.4 Of how many pairs is one report, both, or none here?
-- World: demo
select
    period_code as year,
    pair_status,
    count(*) as n_pairs,
    round(sum(value_reconciled_usd) / 1e9, 1) as reconciled_usd_bn
from core.fct_trade_reconciled_pair
where pair_kind = 'economies' and period_code = '2023'
group by all
order by pair_status
;
--> year | pair_status   | n_pairs | reconciled_usd_bn
--> 2023 | both          | 12      | 707.5
--> 2023 | exporter_only | 32      | 1640.8
--> 2023 | importer_only | 32      | 761.8

-- 5.5 The same trade by the exporter, the importer, the mean, the larger, and the reconciled value
-- World: demo
select
    exporter_code as exporter,
    importer_code as importer,
    round(value_exporter_usd / 1e9, 2) as exporter_bn,
    round(value_importer_fob_usd / 1e9, 2) as importer_fob_bn,
    round(value_mean_usd / 1e9, 2) as mean_bn,
    round(value_max_usd / 1e9, 2) as max_bn,
    round(weight_exporter, 2) as weight_exporter,
    round(value_reconciled_usd / 1e9, 2) as reconciled_bn
from core.fct_trade_reconciled_pair
where period_code = '2023' and pair_status = 'both' and exporter_code = 'CHN' and pair_kind = 'economies'
order by value_reconciled_usd desc, importer
limit 6
;
--> exporter | importer | exporter_bn | importer_fob_bn | mean_bn | max_bn | weight_exporter | reconciled_bn
--> CHN      | USA      | 97.34       | 119.64          | 108.49  | 119.64 | 0.5             | 108.49
--> CHN      | DEU      | 63.68       | 76.5            | 70.09   | 76.5   | 0.5             | 70.09
--> CHN      | KAZ      | 46.61       | 44.53           | 45.57   | 46.61  | 0.5             | 45.57
