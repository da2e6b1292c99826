{{ current_records(source('hs_correlation', 'pair')) }}
