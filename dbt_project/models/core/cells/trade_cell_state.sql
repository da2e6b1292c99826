{{ config(
    database='workings',
    schema='intermediate',
    meta={
        'parts': {'trade_cell': 'trade_cell', 'int_trade_cell_replayed': 'int_trade_cell_replayed'},
        'told': ['dim_raw_file', 'int_trade_replay'],
    }
) }}
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
    )
{%- endset %}
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
        where part.partition_code is null

    ),

    present as (

        select cell.*
        from ({{ whole_trade_cells('true') }}) as cell
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
            {% for name in cell_key + ['partition_code'] %}
                earlier.{{ name }} as earlier_{{ name }}, later.{{ name }},
            {% endfor %}
            later.state_number,
            later.state_began_at,
            later.file_id,
            later.line
        from earlier
        full outer join
            later on {{ is_same_cell('earlier', 'later') }} and earlier.state_number = later.state_number - 1
        where earlier.figures is distinct from later.figures

    ),

    changed as (

        select distinct
            {% for name in cell_key %} step.earlier_{{ name }} as {{ name }}, {% endfor %} part.last_replayed_at
        from step
        inner join
            replayed_part as part
            on step.earlier_source_code = part.source_code
            and step.earlier_partition_code is not distinct from part.partition_code

    ),

    -- a cell that was not replayed belongs to its source, where that was replayed as a whole
    came as (

        select
            {% for name in cell_key %} step.{{ name }}, {% endfor %}
            step.file_id,
            step.line,
            step.state_number as first_state_number,
            case when step.state_number < 0 then step.state_began_at else part.last_replayed_at end as state_began_at
        from step
        inner join
            replayed_part as part
            on step.source_code = part.source_code
            and step.partition_code is not distinct from part.partition_code
        where step.earlier_source_code is null

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

    state as (

        select {{ columns }}, state_number, replayed_at, state_began_at, next_replayed_at
        from {{ replayed }} as cell

        union all

        select
            {{ columns }},
            0 as state_number,
            cast(null as timestamp) as replayed_at,
            cast(null as timestamp) as state_began_at,
            cast(null as timestamp) as next_replayed_at
        from ({{ whole_trade_cells('true') }}) as cell

    ),

    compared as (

        select
            {% for name in cell_key + measures + ['file_id', 'line', 'state_number', 'replayed_at', 'next_replayed_at'] %}
                state.{{ name }},
            {% endfor %}
            case
                when state.state_number < 0 then state.state_began_at else changed.last_replayed_at
            end as state_began_at,
            file.known_from as file_known_from,
            file.known_to as file_known_to,
            -- a file that stayed to the end of this state is not what changed the cell
            case
                when state.replayed_at is null or lag(file.known_to) over cell < state.replayed_at
                then lag(file.known_to) over cell
            end as file_before_known_to,
            coalesce(
                lag(state.state_number) over cell = state.state_number - 1
                {%- for name in measures %}
                    and state.{{ name }} is not distinct from lag(state.{{ name }}) over cell
                {%- endfor %},
                false
            ) as is_as_before,
            state.state_number < 0
            and coalesce(lead(state.state_number) over cell, 1) <> state.state_number + 1 as is_gone_after
        from state
        inner join changed on {{ is_same_cell('state', 'changed') }}
        inner join {{ ref('dim_raw_file') }} as file on state.file_id = file.file_id
        window
            cell as (
                partition by {% for name in cell_key %} state.{{ name }}{{ ', ' if not loop.last }}{% endfor %}
                order by state.state_number nulls last
            )

    ),

    dated as (

        select
            *,
            {{ known_since('state_began_at', 'file_known_from', 'file_before_known_to') }} as began_at,
            case
                when
                    is_gone_after
                    and (file_known_to < next_replayed_at or next_replayed_at is null)
                    and file_known_to is not null
                then file_known_to
                when is_gone_after
                then replayed_at
            end as gone_at,
            sum(case when is_as_before then 0 else 1 end) over (
                partition by {{ key_columns }} order by state_number nulls last rows unbounded preceding
            ) as vintage_number
        from compared

    ),

    ended as (

        select *, min(gone_at) over (partition by {{ key_columns }}, vintage_number) as vintage_gone_at from dated

    )

select
    {% for name in cell_key + measures %} {{ name }}, {% endfor %}
    file_id,
    line,
    cast(vintage_number as integer) as vintage_number,
    began_at as known_from,
    coalesce(
        vintage_gone_at, lead(began_at) over (partition by {{ key_columns }} order by vintage_number nulls last)
    ) as known_to,
    vintage_number > 1 or state_number < 0 or began_at <> file_known_from as is_told_by_replay
from ended
where not is_as_before

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
