{{ config(materialized='ephemeral') }}
-- The years of BACI's rows.
select distinct cast(t || '-01-01' as date) as period_start, cast(t || '-12-31' as date) as period_end
from {{ ref('int_baci_pair_sum') }}
