-- One row per cell of a source of one's own: the records of one cell in the file that counts, added up.
-- Products nest, so only the finest level of one classification may be added up further.
with
    cells as (

        select
            source_code,
            reporter_code,
            partner_code,
            flow_code,
            product_key,
            period_code,
            min(currency_code) as currency_code,
            min(n_digits) as n_digits,
            min(classification_code) as classification_code,
            cast(sum(value_original) as decimal(18, 3)) as value_original,
            {{ exact_sum('net_weight_kg') }} as net_weight_kg,
            case when count(distinct quantity_unit_term) = 1 then {{ exact_sum('quantity') }} end as quantity,
            case when count(distinct quantity_unit_term) = 1 then min(quantity_unit_term) end as quantity_unit_term,
            min(coverage) as coverage,
            count(*) as n_records,
            min(file_id) as file_id,
            min(line) as line
        from {{ ref('int_own_record_classified') }}
        where excluded_reason is null
        group by source_code, reporter_code, partner_code, flow_code, product_key, period_code

    ),

    files as (

        select
            source_code,
            reporter_code,
            partner_code,
            flow_code,
            product_key,
            period_code,
            count(distinct file_id) as n_reports
        from {{ ref('int_own_record_classified') }}
        where excluded_reason is null or excluded_reason = 'superseded_by_later_file'
        group by source_code, reporter_code, partner_code, flow_code, product_key, period_code

    )

select
    cells.*,
    files.n_reports,
    case when files.n_reports = 1 then 'only_report' else 'latest_file' end as choice_rule,
    dense_rank() over (
        partition by cells.source_code, cells.reporter_code, cells.partner_code, cells.flow_code, cells.period_code
        order by
            cells.n_digits desc nulls last,
            case when cells.n_digits > 0 then cells.classification_code end desc nulls last
    )
    = 1 as is_base
from cells
inner join
    files
    on cells.source_code = files.source_code
    and cells.reporter_code = files.reporter_code
    and cells.partner_code = files.partner_code
    and cells.flow_code = files.flow_code
    and cells.product_key = files.product_key
    and cells.period_code = files.period_code
