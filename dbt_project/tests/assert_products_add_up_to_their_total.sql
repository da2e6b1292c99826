{{ config(meta={'parts': {'trade_cell': ['fct_trade', 'fct_trade_total']}}) }}
-- Added up, the products of a pair's flow are its published total wherever a source has both: what they leave is a
-- row of its own. Products of another currency than the total's are not compared; products that exceed their total
-- are the gate's to tell.
with
    added as (

        select source_code, reporter_code, partner_code, flow_code, period_code, sum(value_usd) as value_usd
        from {{ ref('fct_trade') }}
        where product_key <> 'TOTAL' and conversion_rule = 'published'
        group by source_code, reporter_code, partner_code, flow_code, period_code

    )

select added.*, total.value_usd as total_usd
from added
inner join
    {{ ref('fct_trade_total') }} as total
    on added.source_code = total.source_code
    and added.reporter_code = total.reporter_code
    and added.partner_code = total.partner_code
    and added.flow_code = total.flow_code
    and added.period_code = total.period_code
inner join {{ ref('dim_area') }} as partner on total.partner_code = partner.area_code
where
    total.product_key = 'TOTAL'
    and total.conversion_rule = 'published'
    and total.flow_code in ('X', 'M')
    and partner.area_kind in ('economy', 'nes', 'special')
    and added.value_usd < total.value_usd
