{{ current_records(source('fcs_quoted', 'partner_trade')) }}
