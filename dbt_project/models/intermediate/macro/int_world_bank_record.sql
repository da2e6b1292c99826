{{ config(materialized='ephemeral') }}
-- Indicators of the World Bank.
select
    'world_bank' as source_code,
    country_iso3 as iso3_code,
    indicator_code as world_bank_code,
    indicator_name as world_bank_name,
    year,
    cast(value as decimal(28, 6)) as figure,
    publication_id,
    file_id,
    line
from {{ ref('stg_world_bank__indicator') }}
