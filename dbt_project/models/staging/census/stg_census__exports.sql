{{ current_records(source('census', 'exports')) }}
