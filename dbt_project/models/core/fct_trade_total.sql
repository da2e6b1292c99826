-- The cells that overlap others: World and groups, turnover, sub-flows, and products above the base level.
{{ trade_cells('not is_additive') }}
