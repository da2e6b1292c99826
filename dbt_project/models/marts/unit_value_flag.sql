{{ config(materialized="by_period", tags=["heavy"], meta={'parts': {'trade_cell': 'priced_cell', 'unit_value': 'unit_value'}}) }}
-- Cells whose quantity does not fit: a unit value far from that of the others, a quantity of zero beside a value, or
-- another unit than the product usually has. The figures stand in fct_trade as published.
with
    judged as (

        select
            cell.source_code,
            cell.reporter_code,
            cell.partner_code,
            cell.flow_code,
            cell.product_key,
            cell.quantity_unit_code,
            cell.period_code,
            cell.value_usd,
            cell.quantity,
            {{ ratio('cell.value_usd', 'cell.quantity') }} as unit_value_usd,
            spread.median_unit_value_usd,
            {{ robust_z('cell', 'spread') }} as robust_z,
            cell.quantity = 0 and cell.value_usd > 0 as is_quantity_zero,
            not spread.is_usual_unit and cell.quantity_unit_code <> 'none' as is_other_unit
        from {{ ref('priced_cell') }} as cell
        inner join
            {{ ref('unit_value') }} as spread using (
                source_code, flow_code, product_key, quantity_unit_code, period_code
            )
        where {{ in_batch('cell.period_code') }}

    )

select *, coalesce(robust_z > {{ outlier_z() }}, false) as is_outlier
from judged
where robust_z > {{ outlier_z() }} or is_quantity_zero or is_other_unit
