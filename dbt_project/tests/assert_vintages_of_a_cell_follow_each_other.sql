-- A cell is known as one thing at a time: a vintage ends after it began, and the next one begins no sooner than it
-- ended. Asked of the cells that have history; any other has one vintage, which has not ended.
{%- set key_columns = trade_cell_key() | join(', ') %}
with
    vintage as (

        select {{ key_columns }}, vintage_number, known_from, known_to
        from {{ ref('trade_cell_history') }}
        union all
        select {{ key_columns }}, vintage_number, known_from, cast(null as timestamp) as known_to
        from {{ ref('trade_cell_restated') }}
        semi join {{ ref('trade_cell_history') }} using ({{ key_columns }})

    ),

    following as (

        select *, lead(known_from) over (partition by {{ key_columns }} order by vintage_number) as next_known_from
        from vintage

    )

select *
from following
where known_to <= known_from or next_known_from < known_to or (known_to is null and next_known_from is not null)
