{{ current_records(source('baci', 'trade_year')) }}
