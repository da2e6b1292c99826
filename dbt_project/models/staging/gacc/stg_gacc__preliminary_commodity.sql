{{ current_records(source('gacc', 'preliminary_commodity')) }}
