{{ config(meta={'parts': {'trade_cell': 'trade_cell'}}) }}
-- The totals of all products as sources publish them, whole.
{{ whole_trade_cells("cell.product_key = 'TOTAL'") }}
