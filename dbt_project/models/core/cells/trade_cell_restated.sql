{{ config(materialized='by_period', meta={
    'parts': {'trade_cell_state': 'trade_cell_state', 'int_trade_cell_replayed': 'int_trade_cell_replayed'},
    'told': ['dim_raw_file', 'int_trade_replay', 'trade_product_sum'],
}) }}
-- depends_on: {{ ref('trade_product_sum') }}
-- Cells whose vintage is not the first one, or is older than the file they stand in: the file they were first read in
-- as they are, and since when they are known so. All others are known since their file is.
{%- set is_sliced = has_replays() %}
{%- set in_this_slice = in_slice('cell') if is_sliced else 'true' %}
with
    numbered as (

        select
            replay_id,
            row_number() over (partition by source_code, partition_code order by state_number nulls last) as place
        from {{ ref('int_trade_replay') }}

    ),

    first_replay as (select replay_id from numbered where place = 1)

select {{ trade_cell_key() | join(', ') }}, vintage_number, known_from, file_id, line
from {{ ref('trade_cell_state') }} as cell
where {{ in_this_slice }} and known_to is null and is_told_by_replay

union all

-- what stood in the first state of its part, and has stayed as it was
select
    {% for name in trade_cell_key() %} cell.{{ name }}, {% endfor %}
    1 as vintage_number,
    file.known_from,
    cell.file_id,
    cell.line
from {{ ref('int_trade_cell_replayed') }} as cell
inner join first_replay on cell.replay_id = first_replay.replay_id
inner join {{ ref('dim_raw_file') }} as file on cell.file_id = file.file_id
where
    {{ in_this_slice }}
    and {{ is_not_among(
        'cell', trade_cell_key(), ref('trade_cell_state'), in_slice('listed') if is_sliced else 'true'
    ) }}
