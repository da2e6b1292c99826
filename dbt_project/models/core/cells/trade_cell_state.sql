{{ config(
    materialized='by_period',
    database='workings',
    schema='intermediate',
    meta={
        'parts': {'trade_cell': 'trade_cell', 'int_trade_cell_replayed': 'int_trade_cell_replayed'},
        'told': ['dim_raw_file', 'int_trade_replay', 'trade_product_sum'],
    }
) }}
-- depends_on: {{ ref('trade_product_sum') }}
-- The vintages of the cells that were replayed and did not stay as they were: a row for each time one of the columns
-- changed. A cell is known from when its file is, and until another one is or it is gone. What follows from elsewhere,
-- such as a corrected rate, is dated by the end of the file that held before, else by the moment that ended the state
-- before. A cell that came after the first state, and has stayed since, has one row, without the figures, which are in
-- trade_cell. Most cells of a first state stayed as they were: they have none, and trade_cell_restated tells of them.
-- Reason for size: states, the spans they were known for and the vintages they make need one another.
{%- set cell_key = trade_cell_key() %}
{%- set key_columns = cell_key | join(', ') %}
{%- set measures = vintage_measures() %}
{%- set columns = key_columns ~ ', ' ~ measures | join(', ') ~ ', file_id, line' %}
{%- set in_this_slice = in_slice('cell') if has_replays() else 'true' %}
{%- set replayed %}
    (
        select
            cell.*,
            replay.partition_code,
            replay.state_number,
            replay.replayed_at,
            replay.state_began_at,
            replay.next_replayed_at
        from {{ ref('int_trade_cell_replayed') }} as cell
        inner join {{ ref('int_trade_replay') }} as replay on cell.replay_id = replay.replay_id
        where {{ in_this_slice }}
    )
{%- endset %}
{%- set present_cells = whole_trade_cells(in_this_slice) %}
with
    replayed_part as (

        select
            source_code, partition_code, min(state_number) as first_state_number, max(replayed_at) as last_replayed_at
        from {{ ref('int_trade_replay') }}
        group by source_code, partition_code

    ),

    -- a partition that stands apart has its own periods; a source replayed as a whole may have got any cell since
    replayed_period as (

        select cell.source_code, cell.period_code
        from {{ replayed }} as cell
        where cell.partition_code is not null
        union
        select cell.source_code, cell.period_code
        from {{ ref('trade_cell') }} as cell
        inner join replayed_part as part on cell.source_code = part.source_code
        where part.partition_code is null and {{ in_this_slice }}

    ),

    present as (

        select cell.*
        from ({{ present_cells }}) as cell
        inner join
            replayed_period as period on cell.source_code = period.source_code and cell.period_code = period.period_code

    ),

    earlier as (

        select {{ key_columns }}, partition_code, state_number, {{ row_number_of(measures) }} as figures
        from {{ replayed }} as cell

    ),

    -- every state that has one before it in its part
    later as (

        select
            {% for name in cell_key %} cell.{{ name }}, {% endfor %}
            cell.partition_code,
            cell.state_number,
            cell.state_began_at,
            cell.file_id,
            cell.line,
            {{ row_number_of(measures) }} as figures
        from {{ replayed }} as cell
        inner join
            replayed_part as part
            on cell.source_code = part.source_code
            and cell.partition_code is not distinct from part.partition_code
        where cell.state_number > part.first_state_number

        union all

        select
            {{ key_columns }},
            cast(null as string) as partition_code,
            0 as state_number,
            cast(null as timestamp) as state_began_at,
            file_id,
            line,
            {{ row_number_of(measures) }} as figures
        from present

    ),

    -- the steps at which a cell came, became another or went: few, where most stayed as they were
    step as {{ kept_whole() }} (

        select
            {% for name in cell_key %} coalesce(later.{{ name }}, earlier.{{ name }}) as {{ name }}, {% endfor %}
            earlier.source_code is not null as was_there,
            case
                when earlier.source_code is null then later.partition_code else earlier.partition_code
            end as partition_code,
            later.state_number,
            later.state_began_at,
            later.file_id,
            later.line
        from earlier
        full outer join
            later on {{ is_same_cell('earlier', 'later') }} and earlier.state_number = later.state_number - 1
        where earlier.figures is distinct from later.figures

    ),

    -- a cell that was not replayed belongs to its source, where that was replayed as a whole
    step_of_part as {{ not_kept() }} (

        select step.*, part.last_replayed_at
        from step
        inner join
            replayed_part as part
            on step.source_code = part.source_code
            and step.partition_code is not distinct from part.partition_code

    ),

    changed as {{ kept_whole() }} (

        select *, {{ row_id(cell_key) }} as cell_id
        from (select distinct {{ key_columns }}, last_replayed_at from step_of_part where was_there) as cell

    ),

    came as (

        select
            {{ key_columns }},
            file_id,
            line,
            state_number as first_state_number,
            case when state_number < 0 then state_began_at else last_replayed_at end as state_began_at
        from step_of_part
        where not was_there

    ),

    stayed as (

        select
            {% for name in cell_key %} came.{{ name }}, {% endfor %}
            came.file_id,
            came.line,
            came.first_state_number,
            {{ known_since('came.state_began_at', 'file.known_from') }} as known_from,
            file.known_from as file_known_from
        from came
        left join changed on {{ is_same_cell('came', 'changed') }}
        inner join {{ ref('dim_raw_file') }} as file on came.file_id = file.file_id
        where changed.source_code is null

    ),

    state as {{ not_kept() }} (

        select
            {{ columns }},
            {{ row_number_of(measures) }} as figures,
            state_number,
            replayed_at,
            state_began_at,
            next_replayed_at
        from {{ replayed }} as cell

        union all

        select
            {{ columns }},
            {{ row_number_of(measures) }} as figures,
            0 as state_number,
            cast(null as timestamp) as replayed_at,
            cast(null as timestamp) as state_began_at,
            cast(null as timestamp) as next_replayed_at
        from ({{ present_cells }}) as cell

    ),

    changed_state as {{ not_kept() }} (

        select state.*, changed.cell_id, changed.last_replayed_at
        from state
        inner join changed on {{ is_same_cell('state', 'changed') }}

    ),

    -- when, and no more: what the states say is laid beside it at the end, since to put wide rows in order is dear
    dated as (

        select
            state.cell_id,
            state.state_number,
            state.figures,
            state.replayed_at,
            case
                when state.state_number < 0 then state.state_began_at else state.last_replayed_at
            end as state_began_at,
            file.known_from as file_known_from,
            file.known_to as file_known_to,
            -- where the next state has it no more
            case
                when state.state_number = 0
                then null
                when file.known_to < state.next_replayed_at or state.next_replayed_at is null
                then coalesce(file.known_to, state.replayed_at)
                else state.replayed_at
            end as gone_at
        from changed_state as state
        inner join {{ ref('dim_raw_file') }} as file on state.file_id = file.file_id

    ),

    -- beside the state before it, where it has one
    in_order as (

        select
            *,
            lag(state_number) over cell as state_number_before,
            lag(figures) over cell as figures_before,
            lag(file_known_to) over cell as file_before_known_to,
            lag(gone_at) over cell as gone_before_at,
            last_value(gone_at) over (
                partition by cell_id
                order by state_number nulls last
                rows between unbounded preceding and unbounded following
            ) as last_gone_at
        from dated
        window cell as (partition by cell_id order by state_number nulls last)

    ),

    -- the first state of each vintage; a file that stayed to the end of the state before is not what changed the cell
    vintage as (

        select
            *,
            {{ known_since(
                'state_began_at',
                'file_known_from',
                'case when replayed_at is null or file_before_known_to < replayed_at then file_before_known_to end'
            ) }} as began_at,
            case when state_number_before <> state_number - 1 then gone_before_at end as vintage_before_gone_at
        from in_order
        where state_number_before is distinct from state_number - 1 or figures_before is distinct from figures

    ),

    numbered as (

        select
            *,
            row_number() over cell as vintage_number,
            lead(coalesce(vintage_before_gone_at, began_at)) over cell as next_began_at
        from vintage
        window cell as (partition by cell_id order by state_number nulls last)

    )

select
    {% for name in cell_key + measures + ['file_id', 'line'] %} state.{{ name }}, {% endfor %}
    cast(numbered.vintage_number as integer) as vintage_number,
    numbered.began_at as known_from,
    coalesce(numbered.next_began_at, numbered.last_gone_at) as known_to,
    numbered.vintage_number > 1
    or numbered.state_number < 0
    or numbered.began_at <> numbered.file_known_from as is_told_by_replay
from changed_state as state
inner join numbered on state.cell_id = numbered.cell_id and state.state_number = numbered.state_number

union all

select
    {% for name in cell_key %} {{ name }}, {% endfor %}
    {% for name in measures %} null as {{ name }}, {% endfor %}
    file_id,
    line,
    1 as vintage_number,
    known_from,
    cast(null as timestamp) as known_to,
    first_state_number < 0 or known_from <> file_known_from as is_told_by_replay
from stayed
