{{ current_records(source('hs_weight', 'h3_h2')) }}
