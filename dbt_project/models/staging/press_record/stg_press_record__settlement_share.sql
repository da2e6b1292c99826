{{ current_records(source('press_record', 'settlement_share')) }}
