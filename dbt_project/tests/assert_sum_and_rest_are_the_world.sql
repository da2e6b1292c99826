{{ config(meta={'parts': {'trade_cell': ['fct_trade', 'fct_trade_total']}}) }}
-- For each source, reporter, flow and period with a published World: what fct_trade adds up to is the World, or its
-- dataset says what is lacking (partner_shortfall_usd) and what products have too much (product_excess_usd). Figures in
-- another currency than dollars are compared where a rate makes them dollars.
with
    added as (

        select source_code, reporter_code, flow_code, period_code, sum(value_usd) as added_usd
        from {{ ref('fct_trade') }}
        group by source_code, reporter_code, flow_code, period_code

    )

select world.source_code, world.reporter_code, world.flow_code, world.period_code, world.value_usd, added.added_usd
from {{ ref('fct_trade_total') }} as world
inner join
    {{ ref('dim_area') }} as reporter
    on world.reporter_code = reporter.area_code
    and reporter.area_kind in ('economy', 'nes', 'special')
left join
    added
    on world.source_code = added.source_code
    and world.reporter_code = added.reporter_code
    and world.flow_code = added.flow_code
    and world.period_code = added.period_code
left join
    {{ ref('fct_availability') }} as dataset
    on world.source_code = dataset.source_code
    and world.reporter_code = dataset.reporter_code
    and world.flow_code = dataset.flow_code
    and world.period_code = dataset.period_code
    and dataset.classification_code = 'TOTAL'
where
    world.partner_code = 'WLD'
    and world.product_key = 'TOTAL'
    and world.flow_code in ('X', 'M')
    and world.value_usd is not null
    and world.value_usd
    is distinct from coalesce(added.added_usd, 0)
    + dataset.partner_shortfall_usd
    - coalesce(dataset.product_excess_usd, 0)
