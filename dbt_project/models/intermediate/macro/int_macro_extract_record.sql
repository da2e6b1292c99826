{{ config(materialized='ephemeral') }}
-- Gross domestic product as extracts quote it, in the shape of a World Bank indicator.
select
    'macro_extract' as source_code,
    country_code as iso3_code,
    'NY.GDP.MKTP.CD' as world_bank_code,
    cast(null as varchar) as world_bank_name,
    year,
    cast({{ units_from_bn('gdp_usd_bn') }} as decimal(28, 6)) as figure,
    publication_id,
    file_id,
    line
from {{ landed('macro_extract', 'gdp') }}
