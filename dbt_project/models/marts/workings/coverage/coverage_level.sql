-- What the cells of a dataset add up to at each level of its products, over single partners and for the World.
with
    cells as (

        {% for relation in [ref('fct_trade'), ref('fct_trade_total')] %}
            select source_code, reporter_code, flow_code, period_code, partner_code, product_key, value_usd
            from {{ relation }}
            where flow_code in ('X', 'M') and value_usd is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

    ),

    levelled as (

        select
            cells.*,
            partner.area_kind,
            case
                product.product_level
                when 'total'
                then 0
                when 'chapter'
                then 2
                when 'heading'
                then 4
                when 'subheading'
                then 6
                when 'tariff_line'
                then 8
            end as n_digits,
            {{ is_residual_product('product.product_code') }} as is_residual
        from cells
        inner join {{ ref('dim_product') }} as product on cells.product_key = product.product_key
        inner join {{ ref('dim_area') }} as partner on cells.partner_code = partner.area_code

    )

select
    source_code,
    reporter_code,
    flow_code,
    period_code,
    n_digits::integer as n_digits,
    sum(case when area_kind in ('economy', 'nes', 'special') then value_usd end)::decimal(28, 3) as partners_usd,
    sum(case when area_kind = 'world' then value_usd end)::decimal(28, 3) as world_usd,
    sum(case when area_kind in ('nes', 'special') then value_usd else 0 end)::decimal(28, 3) as nes_usd,
    sum(case when is_residual and area_kind in ('economy', 'nes', 'special') then value_usd else 0 end)::decimal(
        28, 3
    ) as residual_usd
from levelled
where n_digits is not null
group by source_code, reporter_code, flow_code, period_code, n_digits
