select run_id, started_at, finished_at, state, code_fingerprint from {{ source('ledger', 'run') }}
