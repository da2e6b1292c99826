{{ config(materialized='ephemeral') }}
-- Figures of the Census Bureau that are no trade cell of their own, with the reason.
select
    source_code,
    file_id,
    excluded_reason as reason,
    1 as n_rows,
    coalesce(value_usd, 0) as value_usd,
    coalesce(value_usd, 0) as value_original,
    'USD' as original_currency_code
from {{ ref('int_census_record_classified') }}
where excluded_reason is not null

union all

select source_code, file_id, 'added_to_cell', n_records - 1, 0, 0, 'USD'
from {{ ref('int_census_cell_chosen') }}
where n_records > 1
