{{ config(meta={'parts': {'trade_cell': 'trade_cell'}}) }}
-- The cells of the sources that print growth or revise what they printed, whole: some thousand each.
{{ whole_trade_cells(
    "cell.source_code in (select source_code from " ~ ref('fct_trade_growth') ~ ")"
    ~ " or cell.source_code in ('gacc', 'gacc_bulletin')"
) }}
