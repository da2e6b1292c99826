{{ config(materialized='view', tags=['cells'], post_hook={'sql': '{{ note_for_replay() }}', 'transaction': false}) }}
-- The cells that may be added up; macros/trade_cells.sql makes their columns. The hook keeps this SQL, which answers
-- what
-- was known at an earlier time.
{{ trade_cells('cell.is_additive') }}
