{{ current_records(source('gacc_quoted', 'commodity_trade')) }}
