{{ config(materialized="by_period", tags=["heavy"]) }}
-- Trade of an economy with each partner in a year by HS chapter: six-digit codes and tariff lines added up to their
-- chapter. Where only a total is known the product is TOTAL; unallocated trade is one more row. A source whose figures
-- are reconciled tells a trade once, by its exporter; the importer's side is the same figure, so it is added here as
-- imports, and is_mirrored says so.
with
    summed as (

        select
            cell.source_code,
            cell.reporter_code,
            cell.partner_code,
            cell.flow_code,
            cell.period_code,
            placed.chapter_key as product_key,
            cell.valuation_code,
            sum({{ placed_part('value_usd', 'decimal(18, 3)') }})::decimal(18, 3) as value_usd
        from {{ yearly_cells() }}
        where {{ in_batch('cell.period_code') }}
        group by all

    ),

    sided as (

        select *, false as is_mirrored
        from summed

        union all

        select
            summed.source_code,
            summed.partner_code,
            summed.reporter_code,
            'M' as flow_code,
            summed.period_code,
            summed.product_key,
            source.valuation_imports,
            summed.value_usd,
            true as is_mirrored
        from summed
        inner join {{ ref('dim_source') }} as source on summed.source_code = source.source_code
        where source.statistic_code = {{ reconciled_statistic() }}

    )

select
    sided.source_code,
    sided.reporter_code,
    sided.partner_code,
    sided.flow_code,
    sided.period_code,
    sided.product_key,
    sum(sided.value_usd)::decimal(18, 3) as value_usd,
    {{ one_or_mixed('sided.valuation_code') }} as valuation_code,
    bool_or(sided.is_mirrored) as is_mirrored
from sided
inner join {{ ref('dim_area') }} as reporter on sided.reporter_code = reporter.area_code
where reporter.is_economy
group by all
