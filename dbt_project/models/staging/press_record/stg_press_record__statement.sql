{{ current_records(source('press_record', 'statement')) }}
