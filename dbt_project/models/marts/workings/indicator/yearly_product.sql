{{ config(materialized="by_period", tags=["heavy"], meta={'parts': {'trade_cell': 'trade_cell', 'trade_product_sum': 'trade_product_sum'}}) }}
-- What an economy exports and imports of each product in a year, all partners together, at the one level its report
-- has: a flow of which a thousandth or more is known by chapter only is taken by chapter; less than that is unallocated
-- beside subheadings. Unallocated trade is one more row. The imports of a source whose figures are reconciled are what
-- the others export there. What stands for one product is taken from the sums; cells are read where they are split
-- between products, and where estimated ones are left out.
-- Reason for size: sums and cells give the same rows and are brought to one level together.
{%- set report = 'source_code, area_number, flow_code, period_code' %}
with
    areas as ({{ numbered_areas() }}),

    -- numbers stand for an economy and for a place of a product: what is added up by them are millions
    places as (

        select
            *,
            cast(
                row_number() over (
                    order by source_code nulls last, reported_product_key nulls last, product_key nulls last
                ) as integer
            ) as place_number
        from {{ ref('product_placed') }}

    ),

    estimating as (
        select distinct source_code from {{ ref('trade_product_sum') }} where is_additive and n_estimated > 0
    ),

    summed as (

        select economy.area_number, total.flow_code, total.period_code, placed.place_number, total.value_usd
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
        inner join areas as economy on total.reporter_code = economy.area_code and economy.is_economy
        where total.source_code not in (select source_code from estimating) and {{ in_batch('total.period_code') }}

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
                economy.area_number,
                {{ flow }} as flow_code,
                cell.period_code,
                placed.place_number,
                sum({{ placed_part('value_usd', 'decimal(18, 3)') }}) as value_usd
            from {{ yearly_cells('places') }}
            inner join areas as economy on cell.{{ reporter }} = economy.area_code and economy.is_economy
            inner join {{ ref('dim_source') }} as source on cell.source_code = source.source_code
            where {{ in_batch('cell.period_code') }} and {{ which }}
            group by all
        {% endfor %}

    ),

    levels as (

        select
            {{ report }},
            case
                when max(case when product_level = 'total' then 1 else 0 end) = 1
                then 2
                when sum(case when product_level = 'chapter' then value_usd end) >= 0.001 * sum(value_usd)
                then 1
                else 0
            end as coarseness,
            sum(value_usd) as total_usd,
            sum(case when product_level in ('chapter', 'subheading') then value_usd end) as chapters_usd,
            sum(case when product_level = 'subheading' then value_usd end) as subheadings_usd
        from summed
        inner join places using (place_number)
        group by {{ report }}

    ),

    levelled as (

        select
            {{ report }},
            placed.product_level,
            placed.product_key,
            placed.is_converted,
            placed.reported_revision,
            summed.value_usd,
            levels.coarseness,
            case
                levels.coarseness
                when 2
                then levels.total_usd
                when 1
                then levels.chapters_usd
                else levels.subheadings_usd
            end as allocated_usd,
            coalesce(
                levels.coarseness = 0 and placed.product_level = 'subheading' and placed.is_alone, false
            ) as is_a_product
        from summed
        inner join places as placed using (place_number)
        inner join levels using ({{ report }})

    ),

    -- a code that is the only one of its product is there once in a report: nothing to add up
    allocated as (

        select
            {{ report }},
            product_level,
            product_key,
            value_usd::decimal(18, 3) as value_usd,
            is_converted,
            reported_revision,
            allocated_usd
        from levelled
        where is_a_product

        union all

        select
            {{ report }},
            case coarseness when 2 then 'total' when 1 then 'chapter' else 'subheading' end as product_level,
            case
                when coarseness = 2
                then 'TOTAL'
                when product_level = 'subheading' and coarseness = 1
                then 'HS:' || substr(product_key, 4, 2)
                when product_level = 'chapter' and coarseness = 0
                then 'unallocated'
                else product_key
            end as product_key,
            sum(value_usd)::decimal(18, 3) as value_usd,
            bool_or(is_converted) as is_converted,
            {{ one_or_mixed('reported_revision') }} as reported_revision,
            max(allocated_usd) as allocated_usd
        from levelled
        where not is_a_product
        group by all

    )

select
    allocated.source_code,
    economy.area_code as reporter_code,
    allocated.flow_code,
    allocated.period_code,
    allocated.product_level,
    allocated.product_key,
    allocated.value_usd,
    allocated.is_converted,
    allocated.reported_revision,
    allocated.product_key <> 'unallocated' as is_allocated,
    case
        when allocated.product_key <> 'unallocated' then {{ ratio('allocated.value_usd', 'allocated.allocated_usd') }}
    end as product_share
from allocated
inner join areas as economy using (area_number)
