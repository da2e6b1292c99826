select run_id, kind, started_at, built_at, finished_at, state, code_fingerprint, input_fingerprint
from {{ source('ledger', 'run') }}
