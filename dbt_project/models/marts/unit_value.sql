{{ config(materialized="by_period", tags=["heavy"], meta={'parts': {'trade_cell': 'priced_cell'}}) }}
-- How unit values of a product spread over its cells of a year: the median, a robust standard deviation of logarithms
-- (1.4826 times the median absolute deviation), and the band beyond which a cell is an outlier, 3.5 of them away.
{%- set product = 'source_code, flow_code, product_key, quantity_unit_code, period_code' %}
with
    centres as (

        select
            {{ product }},
            count(*) as n_cells,
            count(log_unit_value) as n_priced,
            sum(value_usd)::decimal(18, 3) as value_usd,
            median(log_unit_value) as centre,
            1.4826 * {{ median_deviation('log_unit_value') }} as spread
        from
            (
                select
                    {{ product }},
                    value_usd,
                    case
                        when quantity > 0 and value_usd > 0 then ln({{ ratio('value_usd', 'quantity') }})
                    end as log_unit_value
                from {{ ref('priced_cell') }}
                where {{ in_batch('period_code') }}
            ) as cells
        group by {{ product }}

    ),

    measured as (

        select
            *,
            case when n_priced >= 10 and spread > 0 then spread end as usable_spread,
            row_number() over (
                partition by source_code, flow_code, product_key, period_code
                order by n_priced desc nulls last, n_cells desc nulls last, quantity_unit_code nulls last
            )
            = 1 as is_usual_unit
        from centres

    )

select
    {{ product }},
    n_cells,
    n_priced,
    value_usd,
    exp(centre) as median_unit_value_usd,
    spread as log_spread,
    exp(centre - 3.5 * usable_spread) as band_low_usd,
    exp(centre + 3.5 * usable_spread) as band_high_usd,
    is_usual_unit,
    case
        when n_priced = 0
        then 'no_quantity'
        when n_priced < 10
        then 'fewer_than_ten_cells'
        when usable_spread is null
        then 'no_spread'
    end as null_reason
from measured
