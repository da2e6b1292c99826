{{ current_records(source('hs_weight', 'h4_h3')) }}
