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

-- without a cell although there is no reason: the products of the pair are of another revision
select
    record.source_code,
    record.file_id,
    'other_revision',
    1,
    case when record.currency_code = 'USD' then record.value_original else 0 end,
    record.value_original,
    record.currency_code
from {{ ref('int_own_record_classified') }} as record
left join
    {{ ref('int_own_cell_chosen') }} as cell
    on record.source_code = cell.source_code
    and record.reporter_code = cell.reporter_code
    and record.partner_code = cell.partner_code
    and record.flow_code = cell.flow_code
    and record.product_key = cell.product_key
    and record.period_code = cell.period_code
where record.excluded_reason is null and cell.source_code is null

union all

select source_code, file_id, 'added_to_cell', n_records - 1, 0, 0, 'USD'
from {{ ref('int_own_cell_chosen') }}
where n_records > 1
