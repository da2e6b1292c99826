-- Yearly cells by six-digit product with a quantity, in its own unit, else in kilograms; none where neither is known.
-- Cost: a row for every cell of the sources with six-digit products; as much as fct_trade.
with cells as ({{ yearly_cells() }})

select
    source_code,
    reporter_code,
    partner_code,
    flow_code,
    product_key,
    case
        when quantity is not null and quantity_unit_code is not null
        then quantity_unit_code
        when net_weight_kg is not null
        then 'kg'
        else 'none'
    end as quantity_unit_code,
    period_code,
    sum(value_usd)::decimal(18, 3) as value_usd,
    {{ exact_sum(
        'case when quantity is not null and quantity_unit_code is not null then quantity else net_weight_kg end'
    ) }} as quantity
from cells
where product_level = 'subheading' and not is_mirrored
group by all
