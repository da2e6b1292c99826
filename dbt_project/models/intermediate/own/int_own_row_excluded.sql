{{ config(materialized='ephemeral') }}
-- Records of tables of one's own that are no trade cell of their own, with the reason.
select
    source_code,
    file_id,
    excluded_reason as reason,
    1 as n_rows,
    -- a quantity is no money
    case
        when currency_code = 'USD' and excluded_reason <> 'other_measure' then coalesce(value_original, 0) else 0
    end as value_usd,
    case when excluded_reason <> 'other_measure' then coalesce(value_original, 0) else 0 end as value_original,
    coalesce(currency_code, 'USD') as original_currency_code
from {{ ref('int_own_record_classified') }}
where excluded_reason is not null

union all

select source_code, file_id, 'added_to_cell', n_records - 1, 0, 0, 'USD'
from {{ ref('int_own_cell_chosen') }}
where n_records > 1
