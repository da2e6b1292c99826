{{ config(materialized='view', tags=['cells'], post_hook={'sql': '{{ note_for_replay() }}', 'transaction': false}) }}
-- The cells that may be added up.
{{ trade_cells('cell.is_additive') }}
