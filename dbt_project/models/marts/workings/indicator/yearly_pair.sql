{{ config(materialized="by_period", tags=["heavy"], meta={'parts': {'trade_cell': 'trade_cell'}}) }}
-- Trade of an area with each partner in a year by HS chapter, as its source tells it: six-digit codes and tariff
-- lines added up to their chapter. Where only a total is known the product is TOTAL; unallocated trade is one more
-- row. What a reconciled source tells once, by its exporter, sides_of_pairs() gives the importer too.
with
    areas as ({{ numbered_areas() }}),

    products as ({{ numbered_products() }}),

    places as ({{ numbered_places() }}),

    summed as (

        select
            reporter.area_number as reporter_number,
            partner.area_number as partner_number,
            cell.flow_code,
            cell.period_code,
            placed.chapter_number,
            sum({{ placed_part('value_usd', 'decimal(18, 3)') }}) as value_usd,
            {{ one_or_mixed('cell.valuation_code') }} as valuation_code
        from {{ yearly_cells('places') }}
        inner join areas as reporter on cell.reporter_code = reporter.area_code
        inner join areas as partner on cell.partner_code = partner.area_code
        where {{ in_batch('cell.period_code') }}
        group by all

    )

select
    products.source_code,
    reporter.area_code as reporter_code,
    partner.area_code as partner_code,
    summed.flow_code,
    summed.period_code,
    products.product_key,
    summed.value_usd::decimal(18, 3) as value_usd,
    summed.valuation_code
from summed
inner join products on summed.chapter_number = products.product_number
inner join areas as reporter on summed.reporter_number = reporter.area_number
inner join areas as partner on summed.partner_number = partner.area_number
