{{ config(materialized="by_period", tags=["heavy"], meta={'parts': {'trade_cell': 'trade_cell'}}) }}
-- What an economy exports and imports of each product in a year, all partners together, at the one level its report
-- has: a flow that is partly known by chapter only is taken by chapter. Unallocated trade is one more row. The imports
-- of a source whose figures are reconciled are what the others export there.
{%- set report = 'source_code, reporter_code, flow_code, period_code' %}
with
    summed as (

        {% for reporter, flow in [('reporter_code', 'cell.flow_code'), ('partner_code', "'M'")] %}
            select
                cell.source_code,
                cell.{{ reporter }} as reporter_code,
                {{ flow }} as flow_code,
                cell.period_code,
                placed.product_level,
                placed.product_key,
                placed.is_converted,
                placed.reported_revision,
                sum({{ placed_part('value_usd', 'decimal(18, 3)') }}) as value_usd
            from {{ yearly_cells() }}
            inner join {{ ref('dim_source') }} as source on cell.source_code = source.source_code
            where
                {{ in_batch('cell.period_code') }}
                {{ 'and source.statistic_code = ' ~ reconciled_statistic() if loop.last }}
            group by all {{ 'union all' if not loop.last }}
        {% endfor %}

    ),

    economies as (

        select summed.*
        from summed
        inner join {{ ref('dim_area') }} as reporter on summed.reporter_code = reporter.area_code
        where reporter.is_economy

    ),

    levels as (

        select {{ report }}, max(case product_level when 'total' then 2 when 'chapter' then 1 else 0 end) as coarseness
        from economies
        group by {{ report }}

    ),

    placed as (

        select
            {{ report }},
            case levels.coarseness when 2 then 'total' when 1 then 'chapter' else 'subheading' end as product_level,
            case
                when levels.coarseness = 2
                then 'TOTAL'
                when economies.product_level = 'subheading' and levels.coarseness = 1
                then 'HS:' || substr(economies.product_key, 4, 2)
                else economies.product_key
            end as product_key,
            sum(economies.value_usd)::decimal(18, 3) as value_usd,
            bool_or(economies.is_converted) as is_converted,
            {{ one_or_mixed('economies.reported_revision') }} as reported_revision
        from economies
        inner join levels using ({{ report }})
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
