-- Records that broke their contract, with the rule and the place.
select
    file.source_code,
    file.table_name,
    file.is_current,
    reject.file_id,
    reject.line,
    reject.column_name,
    reject.value,
    reject.reason
from {{ ref('stg_landed__reject') }} as reject
inner join {{ ref('stg_landed__file') }} as file on reject.file_id = file.file_id
