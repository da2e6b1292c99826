{{ current_records(source('gacc_bulletin', 'division')) }}
