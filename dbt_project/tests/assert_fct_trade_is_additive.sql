-- What makes fct_trade safe to sum: single areas, exports and imports, one product level a cell group, beside which
-- there
-- may be what is not specified by product.
select
    trade.source_code,
    trade.reporter_code,
    trade.partner_code,
    trade.flow_code,
    trade.period_code,
    count(distinct nullif(product.product_level, 'residual')) as n_levels,
    count(
        distinct case when product.product_level <> 'residual' then coalesce(product.hs_revision, 'none') end
    ) as n_revisions
from {{ ref('fct_trade') }} as trade
inner join {{ ref('dim_product') }} as product on trade.product_key = product.product_key
inner join {{ ref('dim_area') }} as reporter on trade.reporter_code = reporter.area_code
inner join {{ ref('dim_area') }} as partner on trade.partner_code = partner.area_code
group by trade.source_code, trade.reporter_code, trade.partner_code, trade.flow_code, trade.period_code
having
    count(distinct nullif(product.product_level, 'residual')) > 1
    or count(distinct case when product.product_level <> 'residual' then coalesce(product.hs_revision, 'none') end) > 1
    or sum(case when trade.flow_code in ('X', 'M') then 0 else 1 end) > 0
    or sum(case when reporter.area_kind in ('world', 'group') then 1 else 0 end) > 0
    or sum(case when partner.area_kind in ('world', 'group') then 1 else 0 end) > 0
