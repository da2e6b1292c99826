-- Every raw file the warehouse ever landed, with the time it was the best knowledge.
select
    file_id,
    source_code,
    table_name,
    partition_key,
    release_label,
    sha256,
    path,
    url,
    bytes,
    row_count,
    reject_count,
    fetched_at,
    known_from,
    known_to,
    is_current
from {{ ref('stg_landed__file') }}
