{{ config(materialized='view', tags=['cells']) }}
-- Every cell with the time it was known.
{{ trade_vintages() }}
