-- Weights that convert a code add up to one (within 1e-9), none is zero or negative, and no pair of revisions is left
-- out, unless all are because no correlation table has landed.
select from_revision, from_code, to_revision, sum(weight) as row_sum, min(weight) as least_weight
from {{ ref('bridge_product_revision') }}
group by from_revision, from_code, to_revision
having abs(sum(weight) - 1) > 0.000000001 or min(weight) <= 0

union all

select 'all' as from_revision, cast(null as varchar), cast(null as varchar), count(*), 42
from (select distinct from_revision, to_revision from {{ ref('bridge_product_revision') }})
having count(*) not in (0, 42)
