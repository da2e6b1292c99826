select
    record.*,
    'ecb_exr' as publication_id,
    'European Central Bank' as publisher,
    'Euro foreign exchange reference rates, daily' as title,
    'https://data.ecb.europa.eu/data/datasets/EXR' as url,
    cast(null as varchar) as published_on
from {{ landed('ecb', 'reference_rate') }} as record
