-- Who publishes what, on which terms, and which source is asked first.
select
    source_code,
    description,
    publisher,
    statistic_code,
    landing_page,
    licence,
    redistributable as is_redistributable,
    origin,
    cadence,
    max_age_days,
    priority,
    report_kind,
    valuation_exports,
    valuation_imports,
    is_invented
from {{ ref('stg_ledger__source') }}
