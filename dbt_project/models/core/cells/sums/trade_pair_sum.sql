{{ config(meta={'parts': {'trade_cell': 'trade_cell'}}) }}
-- What the cells of a pair add up to, by flow, period and classification, apart by what may not be mixed.
select
    cell.source_code,
    cell.reporter_code,
    cell.partner_code,
    cell.flow_code,
    cell.period_code,
    split_part(cell.product_key, ':', 1) as classification_code,
    cell.is_additive,
    cell.coverage,
    cell.cell_state,
    cell.valuation_code,
    cell.file_id,
    count(*) as n_cells,
    count(cell.value_usd) as n_valued,
    count(case when detail.is_corrected and cell.value_usd is not null then 1 end) as n_corrected,
    count(case when detail.conversion_rule = 'average_rate' then 1 end) as n_converted,
    count(case when detail.conversion_rule = 'no_rate' then 1 end) as n_without_rate,
    cast(sum(cell.value_usd) as decimal(28, 3)) as value_usd,
    cast(sum(coalesce(cell.value_usd, cell.value_original)) as decimal(28, 3)) as value_any_currency,
    cast(
        sum(
            case
                when cell.detail_id is null or detail.conversion_rule = 'published'
                then coalesce(detail.uncorrected_value_usd, cell.value_usd)
            end
        ) as decimal(28, 3)
    ) as published_usd,
    cast(sum(case when length(cell.product_key) >= 9 then cell.value_usd end) as decimal(28, 3)) as subheadings_usd,
    cast(min(length(cell.product_key)) as integer) as product_key_length_min,
    cast(max(length(cell.product_key)) as integer) as product_key_length,
    min(detail.publication_id) as publication_id
from {{ ref('trade_cell') }} as cell
left join {{ details_of_cells() }} as detail on cell.detail_id = detail.detail_id
group by
    cell.source_code,
    cell.reporter_code,
    cell.partner_code,
    cell.flow_code,
    cell.period_code,
    split_part(cell.product_key, ':', 1),
    cell.is_additive,
    cell.coverage,
    cell.cell_state,
    cell.valuation_code,
    cell.file_id
