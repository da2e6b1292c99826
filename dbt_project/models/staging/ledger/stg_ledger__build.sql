select run_id, built_at, code_fingerprint from {{ source('ledger', 'build') }}
