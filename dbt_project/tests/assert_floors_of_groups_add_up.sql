-- What is certain of a group's exports and imports is certain of its total; only a whole total may be of other reports.
select *
from {{ ref('bilateral_group_year') }}
where
    turnover_usd is null
    and coalesce(exports_known_usd, 0) + coalesce(imports_known_usd, 0) > coalesce(turnover_known_usd, 0) + 0.01
