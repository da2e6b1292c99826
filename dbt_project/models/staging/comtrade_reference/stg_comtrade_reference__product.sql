{{ current_records(source('comtrade_reference', 'product')) }}
