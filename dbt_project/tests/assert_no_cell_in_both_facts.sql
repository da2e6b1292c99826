-- A cell is either safe to sum or not.
select trade.source_code, trade.reporter_code, trade.partner_code, trade.flow_code, trade.product_key, trade.period_code
from {{ ref('fct_trade') }} as trade
inner join
    {{ ref('fct_trade_total') }} as total
    on trade.source_code = total.source_code
    and trade.reporter_code = total.reporter_code
    and trade.partner_code = total.partner_code
    and trade.flow_code = total.flow_code
    and trade.product_key = total.product_key
    and trade.period_code = total.period_code
