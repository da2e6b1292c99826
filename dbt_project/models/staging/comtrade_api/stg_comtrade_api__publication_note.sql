{{ current_records(source('comtrade_api', 'publication_note')) }}
