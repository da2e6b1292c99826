-- One row per cell of a source of one's own: the records of one cell in the file that counts, added up.
-- The products of a pair are of one revision; is_base marks those that are not broken down.
-- Reason for size: which file, which revision and which depth counts is one choice.
{%- set pair = ['source_code', 'reporter_code', 'partner_code', 'flow_code', 'period_code'] %}
with
    added as (

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

    revision as ({{ revision_chosen('added', pair, 'value_original') }}),

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

    ),

    cell as (

        select
            added.*,
            files.n_reports,
            case when files.n_reports = 1 then 'only_report' else 'latest_file' end as choice_rule,
            {{ next_product_key(pair, 'added') }} as next_product_key
        from added
        left join
            revision
            on {% for name in pair %} added.{{ name }} = revision.{{ name }} {{ 'and' if not loop.last }} {% endfor %}
        inner join
            files
            on added.source_code = files.source_code
            and added.reporter_code = files.reporter_code
            and added.partner_code = files.partner_code
            and added.flow_code = files.flow_code
            and added.product_key = files.product_key
            and added.period_code = files.period_code
        where
            added.product_key = 'TOTAL'
            or revision.classification_code is null
            or added.classification_code = revision.classification_code

    )

select
    cell.source_code,
    cell.reporter_code,
    cell.partner_code,
    cell.flow_code,
    cell.product_key,
    cell.period_code,
    case when cell.currency_code = 'USD' then cell.value_original end as value_usd,
    case when cell.currency_code = 'USD' then cell.value_original end as value_usd_min,
    case when cell.currency_code = 'USD' then cell.value_original end as value_usd_max,
    cell.value_original,
    cell.currency_code as original_currency_code,
    cell.n_reports,
    cell.choice_rule,
    cell.net_weight_kg,
    {{ base_quantity('cell.quantity', 'unit') }} as quantity,
    coalesce(unit.base_unit, unit.unit_code, cell.quantity_unit_term) as quantity_unit_code,
    {{ valuation_code('cell.flow_code', 'source') }} as valuation_code,
    cell.coverage,
    'observed' as cell_state,
    false as is_corrected,
    cast(null as decimal(18, 3)) as uncorrected_value_usd,
    cast(null as varchar) as publication_id,
    cell.file_id,
    cell.line,
    {{ is_not_broken_down() }} as is_base,
    cell.n_digits,
    cell.n_records
from cell
inner join {{ ref('stg_ledger__source') }} as source on cell.source_code = source.source_code
left join {{ ref('quantity_unit') }} as unit on cell.quantity_unit_term = unit.unit_term
