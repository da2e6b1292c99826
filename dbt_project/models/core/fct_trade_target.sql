-- Targets set for the trade of a pair, one row per announcement.
select
    target.target_id,
    subject.area_code as subject_code,
    counterpart.area_code as counterpart_code,
    target.measure,
    {{ units_from_bn('target.target_low_usd_bn') }} as target_low_usd,
    {{ units_from_bn('target.target_high_usd_bn') }} as target_high_usd,
    target.due_year,
    target.due_text,
    target.announced_text,
    target.announced_by,
    target.note,
    target.publication_id,
    target.file_id,
    target.line
from {{ landed('press_record', 'target') }} as target
left join {{ ref('area_code') }} as subject on subject.code_system = 'press' and target.subject_code = subject.code
left join
    {{ ref('area_code') }} as counterpart
    on counterpart.code_system = 'press'
    and target.counterpart_code = counterpart.code
