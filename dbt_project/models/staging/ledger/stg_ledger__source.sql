select
    source_code,
    description,
    publisher,
    statistic_code,
    landing_page,
    licence,
    redistributable,
    origin,
    cadence,
    max_age_days,
    priority,
    report_kind,
    valuation_exports,
    valuation_imports,
    is_invented
from {{ source('ledger', 'source') }}
