-- Daily exchange rates of every publisher: the price of one unit of the base currency.
{{
    union_of_feeds(
        'daily_rates',
        [
            'base_currency', 'quote_currency', 'rate_date', 'rate', 'publication_id', 'file_id', 'line', 'fetched_on',
        ],
    )
}}
