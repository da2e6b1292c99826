select
    record.*,
    'cbr_daily' as publication_id,
    'Bank of Russia' as publisher,
    'Official exchange rates, daily' as title,
    'https://www.cbr.ru/eng/currency_base/dynamics/' as url,
    cast(null as varchar) as published_on
from {{ landed('cbr', 'daily_rate') }} as record
