{{ current_records(source('macro_extract', 'exchange_rate')) }}
