-- Records that broke their contract, with the rule and the place.
select
    file.source_code,
    file.table_name,
    file.is_current,
    reject.file_id,
    reject.line,
    reject.column_name,
    reject.value,
    reject.reason,
    reject.value_original,
    reject.original_currency_code
from {{ ref('stg_landed__reject') }} as reject
inner join {{ files_of_records() }} as file on reject.file_id = file.file_id
