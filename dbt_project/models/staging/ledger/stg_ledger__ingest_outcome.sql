select
    run_id, source_code, table_name, partition_key, outcome, reason, url, sha256, row_count, reject_count, recorded_at
from {{ source('ledger', 'ingest_outcome') }}
