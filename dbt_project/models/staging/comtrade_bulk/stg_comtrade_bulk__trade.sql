{{ current_records(source('comtrade_bulk', 'trade')) }}
