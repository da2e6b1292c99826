{{ current_records(source('hs_weight', 'h1_h0')) }}
