{{ current_records(source('comtrade_csv', 'plus_trade')) }}
