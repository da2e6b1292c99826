{{ current_records(source('comtrade_api', 'availability')) }}
