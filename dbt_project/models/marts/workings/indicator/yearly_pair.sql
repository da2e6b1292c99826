-- Trade of an economy with each partner in a year by HS chapter: six-digit codes and tariff lines added up to their
-- chapter. Where only a total is known the product is TOTAL; unallocated trade is one more row.
with cells as ({{ yearly_cells() }})

select
    source_code,
    reporter_code,
    partner_code,
    flow_code,
    period_code,
    case
        when product_level in ('subheading', 'chapter') then 'HS:' || substr(product_key, 4, 2) else product_key
    end as product_key,
    sum(value_usd)::decimal(18, 3) as value_usd,
    {{ one_or_mixed('valuation_code') }} as valuation_code,
    bool_or(is_mirrored) as is_mirrored
from cells
group by all
