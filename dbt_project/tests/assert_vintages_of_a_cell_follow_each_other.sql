-- A cell is known as one thing at a time: a vintage ends after it began, and the next one begins no sooner than it
-- ended. Asked of the cells that have more than one; a cell without history is known since its file.
with
    vintage as (

        select {{ trade_cell_key() | join(', ') }}, vintage_number, known_from, known_to
        from {{ ref('trade_cell_history') }}
        union all
        select {{ trade_cell_key() | join(', ') }}, vintage_number, known_from, cast(null as timestamp) as known_to
        from {{ ref('trade_cell_restated') }}

    ),

    following as (

        select
            *,
            lead(known_from) over (
                partition by {{ trade_cell_key() | join(', ') }} order by vintage_number
            ) as next_known_from
        from vintage

    )

select *
from following
where known_to <= known_from or next_known_from < known_to or (known_to is null and next_known_from is not null)
