{{ config(materialized='view', tags=['cells'], post_hook='{{ note_for_replay() }}') }}
-- The cells that may be added up.
{{ trade_cells('cell.is_additive') }}
