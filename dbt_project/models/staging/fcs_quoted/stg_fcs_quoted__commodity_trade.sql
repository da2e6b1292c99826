{{ current_records(source('fcs_quoted', 'commodity_trade')) }}
