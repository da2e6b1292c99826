-- The cells that may be added up.
{{ trade_cells('is_additive') }}
