{{ current_records(source('comtrade_reference', 'partner')) }}
