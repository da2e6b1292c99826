-- Economies, groups, areas not elsewhere specified, and World.
select
    area_code,
    area_name,
    area_kind,
    area_kind = 'economy' as is_economy,
    iso2_code,
    iso3_code,
    m49_code,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    successor_codes,
    note
from {{ ref('area') }}
