{{ config(materialized='ephemeral') }}
-- Records of UN Comtrade that are no trade cell of their own, with the reason.
with
    -- what a bulk file holds beside its totals: trade by second partner, customs procedure and mode of transport
    bulk_detail as (

        select 'comtrade_bulk' as source_code, file_id, count(*) as n_rows, sum(primary_value) as value_usd
        from {{ landed('comtrade_bulk', 'trade') }}
        where not ({{ comtrade_is_whole() }})
        group by file_id

    ),

    comtrade_record as (select * from {{ ref('int_comtrade_record_classified') }}),

    comtrade_cell as (select * from {{ ref('int_comtrade_cell_chosen') }}),

    -- the cell has the record of another file, or there is none, the products of the pair being of another revision
    not_chosen as (

        select record.*, cell.file_id is null as is_of_other_revision
        from comtrade_record as record
        left join
            comtrade_cell as cell
            on record.source_code = cell.source_code
            and record.reporter_code = cell.reporter_code
            and record.partner_code = cell.partner_code
            and record.flow_code = cell.flow_code
            and record.product_key = cell.product_key
            and record.period_code = cell.period_code
        where
            record.excluded_reason is null
            and (
                record.file_id is distinct from cell.file_id
                or record.classification_code is distinct from cell.classification_code
            )

    ),

    excluded as (

        select source_code, file_id, excluded_reason as reason, 1 as n_rows, value_usd
        from comtrade_record
        where excluded_reason is not null

        union all

        select source_code, file_id, 'detail_of_a_total' as reason, n_rows, value_usd
        from bulk_detail

        union all

        select
            source_code,
            file_id,
            case
                when {{ is_other_classification() }}
                then 'kept_in_its_classification'
                when is_of_other_revision
                then 'other_revision'
                else 'superseded_by_later_file'
            end as reason,
            1 as n_rows,
            value_usd
        from not_chosen

        union all

        -- records of one cell in several units are one cell: their value is in it, their rows are not
        select source_code, file_id, 'added_to_cell' as reason, n_records - 1 as n_rows, 0 as value_usd
        from comtrade_cell
        where n_records > 1

    )

select source_code, file_id, reason, n_rows, value_usd, value_usd as value_original, 'USD' as original_currency_code
from excluded
