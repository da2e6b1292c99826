{{ config(materialized='ephemeral') }}
-- Eurostat's records in one shape, codes still as Eurostat writes them. In answers of the API value and weight of a
-- cell are two rows; in the bulk files they stand side by side, a row per statistical procedure.
select
    'trade' as table_name,
    reporter,
    partner,
    product,
    flow,
    '1' as stat_procedure,
    time_period as period,
    cast(max(case when indicators = 'VALUE_IN_EUROS' then obs_value end) as decimal(18, 3)) as value_eur,
    cast(max(case when indicators = 'QUANTITY_IN_100KG' then obs_value end) * 100 as decimal(18, 3)) as net_weight_kg,
    count(*) as n_rows,
    file_id,
    coalesce(min(case when indicators = 'VALUE_IN_EUROS' then line end), min(line)) as line
from {{ landed('comext', 'trade') }}
group by reporter, partner, product, flow, time_period, file_id

union all

select
    'bulk' as table_name,
    reporter,
    partner,
    product_nc as product,
    flow,
    stat_procedure,
    case
        when right(period, 2) = '52' then left(period, 4) else left(period, 4) || '-' || right(period, 2)
    end as period,
    value_eur,
    quantity_kg as net_weight_kg,
    1 as n_rows,
    file_id,
    line
from {{ landed('comext', 'bulk') }}
