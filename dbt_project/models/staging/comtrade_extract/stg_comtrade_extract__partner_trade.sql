{{ current_records(source('comtrade_extract', 'partner_trade')) }}
