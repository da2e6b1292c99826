-- Which economy has an advantage in which six-digit product: the matrix complexity is computed from. Economies with
-- less than 0.005 % of the exports of all are left out, about a billion dollars of the trade of today: their few cells
-- would decide which products count as complex.
with
    economies as (

        select
            source_code,
            period_code,
            reporter_code,
            {{ ratio('sum(exports_usd)', 'sum(sum(exports_usd)) over (partition by source_code, period_code)') }}
            as world_share
        from {{ ref('product_indicator') }}
        where null_reason is null and product_level = 'subheading'
        group by source_code, period_code, reporter_code

    )

select product.source_code, product.period_code, product.reporter_code, product.product_key
from {{ ref('product_indicator') }} as product
inner join economies using (source_code, period_code, reporter_code)
where product.has_advantage and product.product_level = 'subheading' and economies.world_share >= 0.00005
