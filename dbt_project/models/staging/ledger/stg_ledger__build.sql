select run_id, built_at, code_fingerprint, input_fingerprint, last_release_run_id from {{ source('ledger', 'build') }}
