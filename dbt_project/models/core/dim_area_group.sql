-- Groups whose members are on record.
select distinct area.area_code as group_code, area.area_name as group_name
from {{ ref('area_group_member') }} as member
inner join {{ ref('area') }} as area on member.group_code = area.area_code
