{{ current_records(source('hs_weight', 'h2_h1')) }}
