{{ current_records(source('baci', 'product_code')) }}
