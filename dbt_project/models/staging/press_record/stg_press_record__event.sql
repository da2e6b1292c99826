{{ current_records(source('press_record', 'event')) }}
