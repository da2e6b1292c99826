{% macro coverage_level() %}
    -- What the cells of a dataset add up to at each level of its products, over single partners and for the World.
    with
        levelled as (

            select
                sums.*,
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
            from {{ ref('trade_product_sum') }} as sums
            inner join {{ ref('dim_product') }} as product on sums.product_key = product.product_key
            where sums.flow_code in ('X', 'M') and sums.value_usd is not null

        )

    select
        source_code,
        reporter_code,
        flow_code,
        period_code,
        n_digits::integer as n_digits,
        sum(partners_usd)::decimal(28, 3) as partners_usd,
        sum(world_usd)::decimal(28, 3) as world_usd,
        coalesce(sum(unspecified_usd), 0)::decimal(28, 3) as nes_usd,
        coalesce(sum(case when is_residual then partners_usd end), 0)::decimal(28, 3) as residual_usd
    from levelled
    where n_digits is not null
    group by source_code, reporter_code, flow_code, period_code, n_digits
{% endmacro %}
