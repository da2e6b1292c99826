-- Landed records that are no trade cell of their own, nor a figure of the size of an economy, counted by reason:
-- nothing
-- is dropped in silence.
-- Reason for size: every reason for leaving a row out stands in one list.
with
    comtrade_record as (select * from {{ ref('int_comtrade_record_classified') }}),

    comtrade_cell as (select * from {{ ref('int_comtrade_cell_chosen') }}),

    superseded as (

        select record.*
        from comtrade_record as record
        left join
            comtrade_cell as cell
            on record.source_code = cell.source_code
            and record.reporter_code = cell.reporter_code
            and record.partner_code = cell.partner_code
            and record.flow_code = cell.flow_code
            and record.product_key = cell.product_key
            and record.period_code = cell.period_code
            and record.file_id = cell.file_id
        where record.excluded_reason is null and cell.file_id is null

    ),

    excluded as (

        select source_code, file_id, excluded_reason as reason, 1 as n_rows, value_usd
        from comtrade_record
        where excluded_reason is not null

        union all

        select source_code, file_id, 'detail_of_a_total' as reason, n_rows, value_usd
        from {{ ref('int_comtrade_bulk_detail') }}

        union all

        select source_code, file_id, 'superseded_by_later_file' as reason, 1 as n_rows, value_usd
        from superseded

        union all

        -- records of one cell in several units are one cell: their value is in it, their rows are not
        select source_code, file_id, 'added_to_cell' as reason, n_records - 1 as n_rows, 0 as value_usd
        from comtrade_cell
        where n_records > 1

        union all

        select 'baci' as source_code, pair.file_id, 'unknown_area' as reason, pair.n_rows, pair.value_usd
        from {{ ref('int_baci_pair_sum') }} as pair
        inner join {{ ref('int_baci_file') }} as file on pair.file_id = file.file_id
        left join {{ ref('int_baci_area') }} as exporter on file.list_number * 1000 + pair.i = exporter.area_key
        left join {{ ref('int_baci_area') }} as importer on file.list_number * 1000 + pair.j = importer.area_key
        where exporter.area_key is null or importer.area_key is null

        union all

        select source_code, file_id, excluded_reason as reason, 1 as n_rows, coalesce(value_usd, 0) as value_usd
        from {{ ref('int_imf_record_classified') }}
        where excluded_reason is not null

        union all

        select source_code, file_id, excluded_reason as reason, 1 as n_rows, coalesce(value_usd, 0) as value_usd
        from {{ ref('int_census_record_classified') }}
        where excluded_reason is not null

        union all

        select source_code, file_id, 'added_to_cell' as reason, n_records - 1 as n_rows, 0 as value_usd
        from {{ ref('int_census_cell_chosen') }}
        where n_records > 1

        union all

        select source_code, file_id, 'added_to_cell' as reason, n_records - 1 as n_rows, 0 as value_usd
        from {{ ref('int_own_cell_chosen') }}
        where n_records > 1

    ),

    -- what is added to a cell has its value there
    published as (

        select
            source_code,
            file_id,
            excluded_reason as reason,
            case when excluded_reason = 'added_to_cell' then 0 else coalesce(amount, 0) end as value_original,
            currency_code
        from {{ ref('int_gacc_figure_classified') }}
        where excluded_reason is not null

        union all

        select
            source_code,
            file_id,
            excluded_reason as reason,
            coalesce(value_original, 0) as value_original,
            currency_code
        from {{ ref('int_own_record_classified') }}
        where excluded_reason is not null

        union all

        select source_code, file_id, excluded_reason as reason, 0 as value_original, 'USD' as currency_code
        from {{ ref('int_macro_record_classified') }}
        where excluded_reason is not null

    ),

    in_every_currency as (

        select source_code, file_id, reason, n_rows, value_usd, value_usd as value_original, 'USD' as currency_code
        from excluded

        union all

        select
            'comext' as source_code,
            file_id,
            reason,
            n_rows,
            0 as value_usd,
            value_eur as value_original,
            'EUR' as currency_code
        from {{ ref('int_comext_row_excluded') }}

        union all

        select
            source_code,
            file_id,
            reason,
            1 as n_rows,
            case when currency_code = 'USD' then value_original else 0 end as value_usd,
            value_original,
            coalesce(currency_code, 'USD') as currency_code
        from published

    )

select
    source_code,
    file_id,
    reason,
    cast(sum(n_rows) as bigint) as n_rows,
    cast(sum(value_usd) as decimal(18, 3)) as value_usd,
    cast(sum(value_original) as decimal(18, 3)) as value_original,
    currency_code as original_currency_code
from in_every_currency
group by source_code, file_id, reason, currency_code
