{{ current_records(source('census', 'imports')) }}
