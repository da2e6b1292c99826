-- What an area may be called in a table of one's own, by code system; words in lower case, numbers without zeros.
select code_system, lower(code) as term, area_code
from {{ ref('area_code') }}
where code_system <> 'press'
union
select 'm49' as code_system, cast(try_cast(m49_code as integer) as varchar) as term, area_code
from {{ ref('area') }}
where m49_code is not null
union
select 'name' as code_system, lower(area_name) as term, area_code
from {{ ref('area') }}
union
select 'name' as code_system, lower(area_name_variant) as term, area_code
from {{ ref('area_name_variant') }}
