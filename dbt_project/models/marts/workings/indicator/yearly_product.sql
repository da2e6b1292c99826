{{ config(materialized="by_period", tags=["heavy"], meta={'parts': {'trade_cell': 'trade_cell', 'trade_product_sum': 'trade_product_sum'}}) }}
-- What an economy exports and imports of each product in a year, all partners together, at the one level its report
-- has: a flow of which a thousandth or more is known by chapter only is taken by chapter; less than that is unallocated
-- beside subheadings. Unallocated trade is one more row. The imports of a source whose figures are reconciled are what
-- the others export there. What stands for one product is taken from the sums; cells are read where they are split
-- between products, and where estimated ones are left out.
-- Reason for size: sums and cells give the same rows and are brought to one level together.
{%- set report = 'source_code, reporter_code, flow_code, period_code' %}
with
    estimating as (
        select distinct source_code from {{ ref('trade_product_sum') }} where is_additive and n_estimated > 0
    ),

    summed as (

        select
            total.source_code,
            total.reporter_code,
            total.flow_code,
            total.period_code,
            placed.product_level,
            placed.product_key,
            placed.is_converted,
            placed.reported_revision,
            placed.is_alone,
            total.value_usd
        from {{ ref('trade_product_sum') }} as total
        inner join
            {{ ref('dim_period') }} as period
            on total.period_code = period.period_code
            and period.freq_code = 'A'
            and total.is_additive
        inner join
            {{ ref('product_placed') }} as placed
            on total.source_code = placed.source_code
            and total.product_key = placed.reported_product_key
            and placed.weight >= 1
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
                cell.source_code,
                cell.{{ reporter }} as reporter_code,
                {{ flow }} as flow_code,
                cell.period_code,
                placed.product_level,
                placed.product_key,
                placed.is_converted,
                placed.reported_revision,
                placed.is_alone,
                sum({{ placed_part('value_usd', 'decimal(18, 3)') }}) as value_usd
            from {{ yearly_cells() }}
            inner join {{ ref('dim_source') }} as source on cell.source_code = source.source_code
            where {{ in_batch('cell.period_code') }} and {{ which }}
            group by all
        {% endfor %}

    ),

    economies as (

        select summed.*
        from summed
        inner join {{ ref('dim_area') }} as reporter on summed.reporter_code = reporter.area_code
        where reporter.is_economy

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
            end as coarseness
        from economies
        group by {{ report }}

    ),

    levelled as (

        select
            economies.*,
            levels.coarseness,
            coalesce(
                levels.coarseness = 0 and economies.product_level = 'subheading' and economies.is_alone, false
            ) as is_a_product
        from economies
        inner join levels using ({{ report }})

    ),

    -- a code that is the only one of its product is there once in a report: nothing to add up
    placed as (

        select
            {{ report }},
            product_level,
            product_key,
            value_usd::decimal(18, 3) as value_usd,
            is_converted,
            reported_revision
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
            {{ one_or_mixed('reported_revision') }} as reported_revision
        from levelled
        where not is_a_product
        group by all

    ),

    totals as (

        select {{ report }}, sum(value_usd) as allocated_usd
        from placed
        where product_key <> 'unallocated'
        group by {{ report }}

    )

select
    {{ report }},
    placed.product_level,
    placed.product_key,
    placed.value_usd,
    placed.is_converted,
    placed.reported_revision,
    placed.product_key <> 'unallocated' as is_allocated,
    case
        when placed.product_key <> 'unallocated' then {{ ratio('placed.value_usd', 'totals.allocated_usd') }}
    end as product_share
from placed
left join totals using ({{ report }})
