-- Eurostat's rows that are no trade cell of their own, counted by file and reason, with their value in euro.
with
    superseded as (

        select record.file_id, record.n_rows, record.value_eur
        from {{ ref('int_comext_record_classified') }} as record
        left join
            {{ ref('int_comext_cell_chosen') }} as cell
            on record.reporter_code = cell.reporter_code
            and record.partner_code = cell.partner_code
            and record.flow_code = cell.flow_code
            and record.product_key = cell.product_key
            and record.period_code = cell.period_code
            and record.file_id = cell.file_id
        where record.excluded_reason is null and cell.file_id is null

    ),

    excluded as (

        select file_id, excluded_reason as reason, n_rows, coalesce(value_eur, 0) as value_eur
        from {{ ref('int_comext_record_classified') }}
        where excluded_reason is not null

        union all

        select file_id, 'superseded_by_later_file' as reason, n_rows, value_eur
        from superseded

        union all

        -- weights and parts of a flow are in the cell: their value is, their rows are not
        select file_id, 'added_to_cell' as reason, n_records - 1 as n_rows, 0 as value_eur
        from {{ ref('int_comext_cell_chosen') }}
        where n_records > 1

    )

select
    'comext' as source_code,
    file_id,
    reason,
    cast(sum(n_rows) as bigint) as n_rows,
    cast(0 as decimal(18, 3)) as value_usd,
    cast(sum(value_eur) as decimal(18, 3)) as value_original,
    'EUR' as original_currency_code
from excluded
group by file_id, reason
