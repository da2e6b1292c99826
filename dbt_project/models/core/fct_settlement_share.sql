-- Share of a currency or basket in payments, one row per report.
select
    reporter.area_code as reporter_code,
    partner.area_code as partner_code,
    share.flow_code,
    share.scope_text,
    {{ period_code('share.period_start', 'share.period_end') }} as period_code,
    share.period_text,
    term.currency_code,
    share.currency_term,
    share.share_pct,
    share.publication_id,
    share.file_id,
    share.line
from {{ landed('press_record', 'settlement_share') }} as share
left join {{ ref('currency_term') }} as term on share.currency_term = term.currency_term
left join {{ ref('area_code') }} as reporter on reporter.code_system = 'press' and share.reporter_code = reporter.code
left join {{ ref('area_code') }} as partner on partner.code_system = 'press' and share.partner_code = partner.code
