{{ config(materialized="by_period", tags=["heavy"], meta={'parts': {'trade_cell': 'trade_cell'}}) }}
-- Trade of an economy with each partner in a year by HS chapter: six-digit codes and tariff lines added up to their
-- chapter. Where only a total is known the product is TOTAL; unallocated trade is one more row. A source whose figures
-- are reconciled tells a trade once, by its exporter; the importer's side is the same figure, so it is added here as
-- imports, and is_mirrored says so.
{%- set key = 'source_code, reporter_code, partner_code, flow_code, period_code, product_key' %}
with
    summed as (

        select
            cell.source_code,
            cell.reporter_code,
            cell.partner_code,
            cell.flow_code,
            cell.period_code,
            placed.chapter_key as product_key,
            sum({{ placed_part('value_usd', 'decimal(18, 3)') }})::decimal(18, 3) as value_usd,
            {{ one_or_mixed('cell.valuation_code') }} as valuation_code
        from {{ yearly_cells() }}
        where {{ in_batch('cell.period_code') }}
        group by all

    ),

    reconciled as (

        select source_code, valuation_imports
        from {{ ref('dim_source') }}
        where statistic_code = {{ reconciled_statistic() }}

    ),

    mirrored as (

        select
            summed.source_code,
            summed.partner_code as reporter_code,
            summed.reporter_code as partner_code,
            'M' as flow_code,
            summed.period_code,
            summed.product_key,
            summed.value_usd,
            reconciled.valuation_imports as valuation_code
        from summed
        inner join reconciled on summed.source_code = reconciled.source_code

    ),

    own as (select * from summed where flow_code = 'M' and source_code in (select source_code from reconciled)),

    -- both sides may give the imports of a pair; most often only the exporter does, and then there is nothing to add
    imports as (

        select *, false as is_mirrored
        from own

        union all

        select mirrored.*, true as is_mirrored
        from mirrored
        semi join own using ({{ key }})

    ),

    sided as (

        select *, false as is_mirrored
        from summed
        where flow_code <> 'M' or source_code not in (select source_code from reconciled)

        union all

        select mirrored.*, true as is_mirrored
        from mirrored
        anti join own using ({{ key }})

        union all

        select
            {{ key }},
            sum(value_usd)::decimal(18, 3) as value_usd,
            {{ one_or_mixed('valuation_code') }} as valuation_code,
            bool_or(is_mirrored) as is_mirrored
        from imports
        group by {{ key }}

    )

select sided.*
from sided
inner join {{ ref('dim_area') }} as reporter on sided.reporter_code = reporter.area_code
where reporter.is_economy
