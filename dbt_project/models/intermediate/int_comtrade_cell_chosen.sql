-- One row per Comtrade cell of a source. Downloads overlap: the file fetched last wins, the others show in min and
-- max. A downloaded and a live record of one cell are two sources.
with
    per_file as (

        select
            record.source_code,
            record.reporter_code,
            record.partner_code,
            record.flow_code,
            record.product_key,
            record.period_code,
            record.n_digits,
            record.classification_code,
            record.file_id,
            file.fetched_at,
            sum(record.value_usd) as value_usd,
            {{ exact_sum('record.net_weight_kg') }} as net_weight_kg,
            case when count(distinct record.qty_unit_code) = 1 then {{ exact_sum('record.quantity') }} end as quantity,
            case when count(distinct record.qty_unit_code) = 1 then min(record.qty_unit_code) end as qty_unit_code,
            case
                when count(distinct record.valuation_code) = 1 and count(record.valuation_code) = count(*)
                then min(record.valuation_code)
            end as valuation_code,
            count(*) as n_records,
            min(record.line) as line
        from {{ ref('int_comtrade_record_classified') }} as record
        inner join {{ files_of_records() }} as file on record.file_id = file.file_id
        where record.excluded_reason is null
        group by all

    ),

    ranked as (

        select
            *,
            row_number() over cell_latest as position,
            count(*) over cell as n_reports,
            min(value_usd) over cell as value_usd_min,
            max(value_usd) over cell as value_usd_max
        from per_file
        window
            cell as (partition by source_code, reporter_code, partner_code, flow_code, product_key, period_code),
            cell_latest as (
                partition by source_code, reporter_code, partner_code, flow_code, product_key, period_code
                order by fetched_at desc nulls last, file_id
            )

    ),

    cells as (

        select
            *,
            -- products nest, so only the finest level of one classification may be added up
            dense_rank() over (
                partition by source_code, reporter_code, partner_code, flow_code, period_code
                order by n_digits desc nulls last, case when n_digits > 0 then classification_code end desc nulls last
            )
            = 1 as is_base
        from ranked
        where position = 1

    )

select
    source_code,
    reporter_code,
    partner_code,
    flow_code,
    product_key,
    period_code,
    cast(value_usd as decimal(18, 3)) as value_usd,
    cast(value_usd_min as decimal(18, 3)) as value_usd_min,
    cast(value_usd_max as decimal(18, 3)) as value_usd_max,
    n_reports,
    case when n_reports = 1 then 'only_report' else 'latest_file' end as choice_rule,
    net_weight_kg,
    quantity,
    qty_unit_code,
    valuation_code,
    is_base,
    n_records,
    file_id,
    line
from cells
