select
    correction_code,
    source_code,
    publication_id,
    reporter_code,
    partner_code,
    flow_code,
    product_key,
    period_code,
    measure_code,
    expected_value,
    new_value,
    reason,
    evidence,
    corrected_by,
    corrected_at
from {{ source('ledger', 'correction') }}
