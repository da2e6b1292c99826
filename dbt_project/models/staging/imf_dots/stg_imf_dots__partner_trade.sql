{{ current_records(source('imf_dots', 'partner_trade')) }}
