{{ config(meta={'parts': {'trade_cell_state': 'trade_cell_state'}}) }}
-- Cells whose vintage is not the first one, or is older than the file they stand in: the file they were first read in
-- as they are, and since when they are known so. All others are known since their file is.
select {{ trade_cell_key() | join(', ') }}, vintage_number, known_from, file_id, line
from {{ ref('trade_cell_state') }}
where known_to is null and is_told_by_replay
