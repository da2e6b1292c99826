{{ current_records(source('baci', 'country_code')) }}
