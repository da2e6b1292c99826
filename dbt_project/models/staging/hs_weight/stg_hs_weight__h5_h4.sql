{{ current_records(source('hs_weight', 'h5_h4')) }}
