{{ config(materialized='view', tags=['cells'], post_hook={'sql': '{{ note_for_replay() }}', 'transaction': false}) }}
-- The cells that overlap others: World and groups, turnover, sub-flows, and products that finer ones break down.
{{ trade_cells('not cell.is_additive') }}
