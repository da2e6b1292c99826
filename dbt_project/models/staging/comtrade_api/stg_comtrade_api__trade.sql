{{ current_records(source('comtrade_api', 'trade')) }}
