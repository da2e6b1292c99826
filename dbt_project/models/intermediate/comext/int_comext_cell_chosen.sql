-- One row per cell of Eurostat, published in euro only. The statistical procedures add up, and so do special partners
-- that are one area here. Answers and files overlap: the file fetched last wins. is_base marks the products that are
-- not broken down.
with
    per_file as (

        select
            record.reporter_code,
            record.partner_code,
            record.flow_code,
            record.product_key,
            record.period_code,
            record.n_digits,
            record.file_id,
            file.fetched_at,
            cast(sum(record.value_eur) as decimal(18, 3)) as value_eur,
            cast(sum(record.net_weight_kg) as decimal(18, 3)) as net_weight_kg,
            cast(sum(record.n_rows) as bigint) as n_records,
            min(record.line) as line
        from {{ ref('int_comext_record_classified') }} as record
        inner join {{ files_of_records() }} as file on record.file_id = file.file_id
        where record.excluded_reason is null
        group by
            record.reporter_code,
            record.partner_code,
            record.flow_code,
            record.product_key,
            record.period_code,
            record.n_digits,
            record.file_id,
            file.fetched_at

    ),

    ranked as (

        select *, row_number() over cell_latest as position, count(*) over cell as n_reports
        from per_file
        window
            cell as (partition by reporter_code, partner_code, flow_code, product_key, period_code),
            cell_latest as (
                partition by reporter_code, partner_code, flow_code, product_key, period_code
                order by fetched_at desc nulls last, file_id
            )

    ),

    cell as (

        select
            reporter_code,
            partner_code,
            flow_code,
            product_key,
            period_code,
            value_eur,
            -- zero is what Eurostat writes where no weight was given
            cast(nullif(net_weight_kg, 0) as double) as net_weight_kg,
            n_reports,
            case when n_reports = 1 then 'only_report' else 'latest_file' end as choice_rule,
            {{ next_product_key(['reporter_code', 'partner_code', 'flow_code', 'period_code'], 'ranked') }}
            as next_product_key,
            n_records,
            file_id,
            line
        from ranked
        where position = 1

    )

select
    'comext' as source_code,
    cell.reporter_code,
    cell.partner_code,
    cell.flow_code,
    cell.product_key,
    cell.period_code,
    cast(null as decimal(18, 3)) as value_usd,
    cast(null as decimal(18, 3)) as value_usd_min,
    cast(null as decimal(18, 3)) as value_usd_max,
    cell.value_eur as value_original,
    'EUR' as original_currency_code,
    cell.n_reports,
    cell.choice_rule,
    cell.net_weight_kg,
    cast(null as double) as quantity,
    cast(null as varchar) as quantity_unit_code,
    {{ valuation_code('cell.flow_code', 'source') }} as valuation_code,
    'download' as coverage,
    'observed' as cell_state,
    false as is_corrected,
    cast(null as decimal(18, 3)) as uncorrected_value_usd,
    cast(null as varchar) as publication_id,
    cell.file_id,
    cell.line,
    {{ is_not_broken_down() }} as is_base,
    cell.n_records
from cell
inner join {{ ref('stg_ledger__source') }} as source on source.source_code = 'comext'
