{{ config(tags=["heavy"]) }}
-- What a source has of each product in a period, as reported, over all its cells that may be added up. What is to be
-- known of the codes of a source is asked of this table, not of the cells.
select
    source_code,
    period_code,
    product_key,
    sum(value_usd)::decimal(28, 3) as value_usd,
    count(*) as n_cells,
    count(case when cell_state = 'estimated' then 1 end) as n_estimated
from {{ ref('fct_trade') }}
group by source_code, period_code, product_key
