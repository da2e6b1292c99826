{{ current_records(source('imf_imts', 'partner_trade')) }}
