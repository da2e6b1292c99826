{{ current_records(source('comtrade_extract', 'commodity_trade')) }}
