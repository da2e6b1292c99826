-- Who acted against whom. An event aimed at no area keeps one row per imposing area.
with
    imposing as (

        {{ split_rows(landed('press_record', 'event'), 'imposing_codes', ['event_id', 'publication_id', 'file_id', 'line']) }}

    ),

    targeted as ({{ split_rows(landed('press_record', 'event'), 'target_codes', ['event_id']) }})

select
    imposing.event_id,
    imposer.area_code as imposing_code,
    target.area_code as target_code,
    imposing.publication_id,
    imposing.file_id,
    imposing.line
from imposing
left join targeted on imposing.event_id = targeted.event_id
left join {{ ref('area_code') }} as imposer on imposer.code_system = 'press' and imposing.part = imposer.code
left join {{ ref('area_code') }} as target on target.code_system = 'press' and targeted.part = target.code
