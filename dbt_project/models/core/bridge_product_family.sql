-- Families of codes for every pair of HS revisions: the level at which totals compare exactly.
select
    lower_revision,
    upper_revision,
    hs_revision || ':' || product_code as product_key,
    hs_revision,
    product_code,
    family_code,
    cast(count(*) over (partition by lower_revision, upper_revision, family_code, hs_revision) as bigint) as n_codes
from {{ ref('int_product_family') }}
