select
    file_id,
    source_code,
    table_name,
    partition_key,
    sha256,
    path,
    url,
    bytes,
    fetched_at,
    row_count,
    reject_count,
    is_current,
    known_to,
    hs_revision,
    release_label
from {{ source('landed', 'file') }}
