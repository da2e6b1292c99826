{{ current_records(source('gacc_quoted', 'partner_trade')) }}
