-- One row per Comtrade cell of a source. Downloads overlap: the file fetched last wins, the others show in min and
-- max. A downloaded and a live record of one cell are two sources. How a cell is valued its records say themselves,
-- else the publisher's note on the dataset, else what is usual. The products of a pair are of one revision; is_base
-- marks those that are not broken down.
-- Reason for size: which file, which revision and which depth counts is one choice.
{%- set pair = ['source_code', 'reporter_code', 'partner_code', 'flow_code', 'period_code'] %}
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
                -- the total of a pair comes with any classification; the one of the Harmonized System goes first
                order by {{ is_other_classification() }}, fetched_at desc nulls last, file_id, classification_code desc
            )

    ),

    latest as (select * from ranked where position = 1),

    revision as ({{ revision_chosen('latest', pair, 'value_usd') }}),

    cell as (

        select latest.*, {{ next_product_key(pair, 'latest') }} as next_product_key
        from latest
        left join
            revision
            on {% for name in pair %} latest.{{ name }} = revision.{{ name }} {{ 'and' if not loop.last }} {% endfor %}
        where
            latest.product_key = 'TOTAL'
            or revision.classification_code is null
            or latest.classification_code = revision.classification_code

    )

select
    cell.source_code,
    cell.reporter_code,
    cell.partner_code,
    cell.flow_code,
    cell.product_key,
    cell.period_code,
    cast(cell.value_usd as decimal(18, 3)) as value_usd,
    cast(cell.value_usd_min as decimal(18, 3)) as value_usd_min,
    cast(cell.value_usd_max as decimal(18, 3)) as value_usd_max,
    cast(cell.value_usd as decimal(18, 3)) as value_original,
    'USD' as original_currency_code,
    cell.n_reports,
    case when cell.n_reports = 1 then 'only_report' else 'latest_file' end as choice_rule,
    cell.net_weight_kg,
    {{ base_quantity('cell.quantity', 'unit') }} as quantity,
    coalesce(unit.base_unit, unit.unit_code) as quantity_unit_code,
    coalesce(
        cell.valuation_code, valuation.valuation_code, {{ valuation_code('cell.flow_code', 'source') }}
    ) as valuation_code,
    'download' as coverage,
    'observed' as cell_state,
    false as is_corrected,
    cast(null as decimal(18, 3)) as uncorrected_value_usd,
    cast(null as varchar) as publication_id,
    cell.file_id,
    cell.line,
    {{ is_not_broken_down() }} as is_base,
    cell.n_records,
    cell.classification_code
from cell
inner join {{ ref('stg_ledger__source') }} as source on cell.source_code = source.source_code
left join {{ ref('quantity_unit') }} as unit on cell.qty_unit_code = unit.unit_term
left join
    {{ ref('int_comtrade_valuation_noted') }} as valuation
    on cell.reporter_code = valuation.reporter_code
    and cell.period_code = valuation.period_code
    and right(cell.flow_code, 1) = valuation.flow_code
