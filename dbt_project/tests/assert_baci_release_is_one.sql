-- CEPII: do not mix releases. In one HS revision every year that is published comes from the same release.
select hs_revision, count(distinct release_label) as n_releases
from {{ ref('stg_landed__file') }}
where source_code = 'baci' and table_name = 'trade_year' and is_current
group by hs_revision
having count(distinct release_label) > 1
