select
    code_system,
    cast(code as varchar) as code,
    area_code,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to
from {{ ref('area_code') }}
