{{ current_records(source('hs_weight', 'h6_h5')) }}
