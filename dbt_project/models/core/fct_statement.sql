-- What was said about the trade, in the codes and periods of the warehouse.
select
    statement.statement_id,
    statement.is_article,
    statement.statement_kind,
    statement.measure,
    reporter.area_code as reporter_code,
    subject.area_code as subject_code,
    counterpart.area_code as counterpart_code,
    statement.flow_code,
    statement.comparator,
    statement.claimed_value,
    statement.claimed_value_high,
    statement.unit_code,
    statement.claimed_period_text,
    statement.period_from,
    statement.period_to,
    term.currency_code,
    statement.subject_text,
    statement.claimed_value_text,
    statement.claimed_unit_text,
    statement.said_on_text,
    statement.said_by,
    speaker.area_code as speaker_code,
    statement.publication_id,
    statement.file_id,
    statement.line
from {{ landed('press_record', 'statement') }} as statement
left join
    {{ ref('area_code') }} as reporter on reporter.code_system = 'press' and statement.reporter_code = reporter.code
left join {{ ref('currency_term') }} as term on statement.currency_code = term.currency_term
left join {{ ref('area_code') }} as speaker on speaker.code_system = 'press' and statement.speaker_code = speaker.code
left join {{ ref('area_code') }} as subject on subject.code_system = 'press' and statement.subject_code = subject.code
left join
    {{ ref('area_code') }} as counterpart
    on counterpart.code_system = 'press'
    and statement.counterpart_code = counterpart.code
