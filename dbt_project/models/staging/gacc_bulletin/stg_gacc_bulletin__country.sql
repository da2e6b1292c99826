{{ current_records(source('gacc_bulletin', 'country')) }}
