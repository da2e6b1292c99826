{{ current_records(source('comext', 'trade')) }}
