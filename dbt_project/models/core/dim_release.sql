-- The releases of this warehouse in the order they were published; this file, not published yet, is the last of them.
with
    release as (

        select
            run_id, built_at, finished_at as published_at, code_fingerprint, input_fingerprint, false as is_this_release
        from {{ ref('stg_ledger__run') }}
        where state = 'published' and kind <> 'rollback'

        union all

        select
            run_id,
            built_at,
            cast(null as timestamp) as published_at,
            code_fingerprint,
            input_fingerprint,
            true as is_this_release
        from {{ ref('stg_ledger__build') }}

    ),

    numbered as (

        select
            release.*,
            build.last_release_run_id,
            row_number() over (order by release.published_at nulls last, release.run_id) as release_number
        from release
        cross join {{ ref('stg_ledger__build') }} as build

    )

select
    run_id,
    cast(release_number as integer) as release_number,
    built_at,
    published_at,
    code_fingerprint,
    input_fingerprint,
    code_fingerprint <> lag(code_fingerprint) over (order by release_number) as is_other_code,
    input_fingerprint <> lag(input_fingerprint) over (order by release_number) as is_other_input,
    is_this_release,
    coalesce(run_id = last_release_run_id, false) as is_last_release
from numbered
