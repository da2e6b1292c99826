select group_code, area_code, cast(member_from as date) as member_from, cast(member_to as date) as member_to
from {{ ref('area_group_member') }}
