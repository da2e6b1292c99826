{{ current_records(source('comtrade_reference', 'reporter')) }}
