-- Cells of the Census Bureau. Partners that are one area of the warehouse (Gaza and the West Bank) are added up.
-- is_base marks the products that are not broken down. Of a flow and period these are all products only where nearly
-- every chapter of the HS is among them, or where they add up to the total of all goods, which is looked at later: an
-- answer may have been asked for some products alone.
{% set fewest_chapters = 90 %}
with
    record as (select * from {{ ref('int_census_record_classified') }} where excluded_reason is null),

    chapters as (

        select flow_code, period_code, count(distinct left(split_part(product_key, ':', 2), 2)) as n_chapters
        from record
        where n_digits > 0
        group by flow_code, period_code

    ),

    ranked as (

        select
            *,
            row_number() over (
                partition by partner_code, flow_code, product_key, period_code order by country_code, file_id, line
            ) as position,
            count(*) over (partition by partner_code, flow_code, product_key, period_code) as n_records,
            sum(value_usd) over (partition by partner_code, flow_code, product_key, period_code) as cell_usd
        from record

    ),

    cell as (

        select
            ranked.source_code,
            ranked.reporter_code,
            ranked.partner_code,
            ranked.flow_code,
            ranked.product_key,
            ranked.period_code,
            cast(ranked.cell_usd as decimal(18, 3)) as value_usd,
            {{ next_product_key(['partner_code', 'flow_code', 'period_code'], 'ranked') }} as next_product_key,
            ranked.n_digits,
            ranked.n_records,
            ranked.file_id,
            ranked.line
        from ranked
        where ranked.position = 1

    )

select
    cell.source_code,
    cell.reporter_code,
    cell.partner_code,
    cell.flow_code,
    cell.product_key,
    cell.period_code,
    cell.value_usd,
    cell.value_usd as value_usd_min,
    cell.value_usd as value_usd_max,
    cell.value_usd as value_original,
    'USD' as original_currency_code,
    1 as n_reports,
    'only_report' as choice_rule,
    cast(null as double) as net_weight_kg,
    cast(null as double) as quantity,
    cast(null as varchar) as quantity_unit_code,
    {{ valuation_code('cell.flow_code', 'source') }} as valuation_code,
    case
        when cell.n_digits = 0 or chapters.n_chapters >= {{ fewest_chapters }} then 'complete' else 'download'
    end as coverage,
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
left join chapters on cell.flow_code = chapters.flow_code and cell.period_code = chapters.period_code
inner join {{ ref('stg_ledger__source') }} as source on cell.source_code = source.source_code
