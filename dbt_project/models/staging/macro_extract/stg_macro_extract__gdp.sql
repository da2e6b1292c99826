{{ current_records(source('macro_extract', 'gdp')) }}
