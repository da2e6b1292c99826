-- The runs that led here; the build going on is the last of them.
select
    run.run_id,
    run.started_at,
    run.finished_at,
    run.state,
    run.code_fingerprint,
    build.built_at,
    build.run_id is not null as is_this_release
from {{ ref('stg_ledger__run') }} as run
left join {{ ref('stg_ledger__build') }} as build on run.run_id = build.run_id

union all

select
    build.run_id,
    build.built_at as started_at,
    cast(null as timestamp) as finished_at,
    'building' as state,
    build.code_fingerprint,
    build.built_at,
    true as is_this_release
from {{ ref('stg_ledger__build') }} as build
left join {{ ref('stg_ledger__run') }} as run on build.run_id = run.run_id
where run.run_id is null
