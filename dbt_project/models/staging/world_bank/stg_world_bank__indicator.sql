select
    record.*,
    'wdi' as publication_id,
    'World Bank' as publisher,
    'World Development Indicators' as title,
    'https://databank.worldbank.org/source/world-development-indicators' as url,
    cast(record.last_updated as varchar) as published_on
from {{ landed('world_bank', 'indicator') }} as record
