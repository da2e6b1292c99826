{{ config(materialized='by_period', meta={'parts': {'trade_cell': 'trade_cell'}}) }}
-- What the cells of a reporter and product add up to, over its partners: single ones, those not specified, the World.
{%- set single = "partner.area_kind in ('economy', 'nes', 'special')" %}
select
    cell.source_code,
    cell.reporter_code,
    cell.flow_code,
    cell.period_code,
    cell.product_key,
    cell.is_additive,
    count(*) as n_cells,
    count(case when cell.cell_state = 'estimated' then 1 end) as n_estimated,
    cast(sum(cell.value_usd) as decimal(28, 3)) as value_usd,
    cast(sum(case when {{ single }} then cell.value_usd end) as decimal(28, 3)) as partners_usd,
    cast(
        sum(case when partner.area_kind in ('nes', 'special') then cell.value_usd end) as decimal(28, 3)
    ) as unspecified_usd,
    cast(sum(case when partner.area_kind = 'world' then cell.value_usd end) as decimal(28, 3)) as world_usd
from {{ ref('trade_cell') }} as cell
inner join {{ ref('area') }} as partner on cell.partner_code = partner.area_code
where {{ in_batch('cell.period_code') }}
group by cell.source_code, cell.reporter_code, cell.flow_code, cell.period_code, cell.product_key, cell.is_additive
