{{ current_records(source('press_record', 'target')) }}
