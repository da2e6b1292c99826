select file_id, line, column_name, value, reason from {{ source('landed', 'reject') }}
