select file_id, line, column_name, value, reason, value_original, original_currency_code
from {{ source('landed', 'reject') }}
