{{ config(materialized="by_period", tags=["heavy"], meta={'parts': {'trade_cell': 'trade_cell', 'trade_product_sum': 'trade_product_sum'}}) }}
-- What an economy exports and imports of each product in a year, all partners together, at the one level its report
-- has: a flow that is partly known by chapter only is taken by chapter. Unallocated trade is one more row. The imports
-- of a source whose figures are reconciled are what the others export there. What stands for one product is
-- taken from the sums; cells are read where they are split between products, and where estimated ones are left out.
-- Reason for size: sums and cells give the same rows and are brought to one level together.
{%- set report = 'source_code, reporter_number, flow_code, period_code' %}
with
    areas as ({{ numbered_areas() }}),

    products as ({{ numbered_products() }}),

    places as ({{ numbered_places() }}),

    estimating as (
        select distinct source_code from {{ ref('trade_product_sum') }} where is_additive and n_estimated > 0
    ),

    summed as (

        select
            total.source_code,
            reporter.area_number as reporter_number,
            total.flow_code,
            total.period_code,
            placed.product_level,
            placed.product_number,
            placed.chapter_number,
            placed.is_converted,
            placed.reported_revision,
            total.value_usd
        from {{ ref('trade_product_sum') }} as total
        inner join
            {{ ref('dim_period') }} as period
            on total.period_code = period.period_code
            and period.freq_code = 'A'
            and total.is_additive
        inner join
            places as placed
            on total.source_code = placed.source_code
            and total.product_key = placed.reported_product_key
            and placed.weight >= 1
        inner join areas as reporter on total.reporter_code = reporter.area_code
        where
            total.source_code not in (select source_code from estimating)
            and reporter.is_economy
            and {{ in_batch('total.period_code') }}

        {% for reporter, flow, which in [
            ('reporter_code', 'cell.flow_code', 'placed.weight < 1'),
            (
                'reporter_code',
                'cell.flow_code',
                'placed.weight >= 1 and cell.source_code in (select source_code from estimating)'
            ),
            ('partner_code', "'M'", 'source.statistic_code = ' ~ reconciled_statistic()),
        ] %}
            union all
            select
                cell.source_code,
                reporter.area_number as reporter_number,
                {{ flow }} as flow_code,
                cell.period_code,
                placed.product_level,
                placed.product_number,
                placed.chapter_number,
                placed.is_converted,
                placed.reported_revision,
                sum({{ placed_part('value_usd', 'decimal(18, 3)') }}) as value_usd
            from {{ yearly_cells('places') }}
            inner join areas as reporter on cell.{{ reporter }} = reporter.area_code and reporter.is_economy
            inner join {{ ref('dim_source') }} as source on cell.source_code = source.source_code
            where {{ in_batch('cell.period_code') }} and {{ which }}
            group by all
        {% endfor %}

    ),

    levels as (

        select {{ report }}, max(case product_level when 'total' then 2 when 'chapter' then 1 else 0 end) as coarseness
        from summed
        group by {{ report }}

    ),

    wholes as (select source_code, product_number from products where product_key = 'TOTAL'),

    placed as (

        select
            {{ report }},
            levels.coarseness,
            case
                when levels.coarseness = 2
                then wholes.product_number
                when levels.coarseness = 1
                then summed.chapter_number
                else summed.product_number
            end as product_number,
            sum(summed.value_usd)::decimal(18, 3) as value_usd,
            bool_or(summed.is_converted) as is_converted,
            {{ one_or_mixed('summed.reported_revision') }} as reported_revision
        from summed
        inner join levels using ({{ report }})
        inner join wholes using (source_code)
        group by all

    ),

    keyed as (

        select placed.*, products.product_key, products.product_key <> 'unallocated' as is_allocated
        from placed
        inner join products on placed.product_number = products.product_number

    ),

    totals as (select {{ report }}, sum(value_usd) as allocated_usd from keyed where is_allocated group by {{ report }})

select
    keyed.source_code,
    reporter.area_code as reporter_code,
    keyed.flow_code,
    keyed.period_code,
    case keyed.coarseness when 2 then 'total' when 1 then 'chapter' else 'subheading' end as product_level,
    keyed.product_key,
    keyed.value_usd,
    keyed.is_converted,
    keyed.reported_revision,
    keyed.is_allocated,
    case when keyed.is_allocated then {{ ratio('keyed.value_usd', 'totals.allocated_usd') }} end as product_share
from keyed
inner join areas as reporter on keyed.reporter_number = reporter.area_number
left join totals using ({{ report }})
