-- Size of economies.
select
    area.area_code,
    'gdp_usd' as indicator_code,
    cast(record.year as varchar) as period_code,
    {{ units_from_bn('record.gdp_usd_bn') }} as value_usd,
    record.publication_id,
    record.file_id,
    record.line
from {{ ref('stg_macro_extract__gdp') }} as record
left join {{ ref('area_code') }} as area on area.code_system = 'press' and record.country_code = area.code
