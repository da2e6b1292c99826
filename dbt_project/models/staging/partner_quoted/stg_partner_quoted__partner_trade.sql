{{ current_records(source('partner_quoted', 'partner_trade')) }}
