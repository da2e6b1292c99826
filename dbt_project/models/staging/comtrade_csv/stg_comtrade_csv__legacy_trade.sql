{{ current_records(source('comtrade_csv', 'legacy_trade')) }}
