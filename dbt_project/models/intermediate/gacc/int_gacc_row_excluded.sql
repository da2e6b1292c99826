{{ config(materialized='ephemeral') }}
-- Figures of China's customs that are no trade cell of their own, with the reason; what is added to a cell has its
-- value there.
select
    source_code,
    file_id,
    excluded_reason as reason,
    1 as n_rows,
    case
        when currency_code = 'USD' and excluded_reason <> 'added_to_cell' then coalesce(amount, 0) else 0
    end as value_usd,
    case when excluded_reason = 'added_to_cell' then 0 else coalesce(amount, 0) end as value_original,
    coalesce(currency_code, 'USD') as original_currency_code
from {{ ref('int_gacc_figure_classified') }}
where excluded_reason is not null
