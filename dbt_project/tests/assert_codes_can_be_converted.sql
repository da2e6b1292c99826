-- Codes that no correlation table has hold at most 0.1 % of the value of a source and period.
select
    source_code,
    period_code,
    sum(value_usd) as value_usd,
    sum(share_of_source_pct) as share_pct,
    count(*) as n_codes,
    max_by(product_key, value_usd) as largest_product_key
from
    (
        select distinct source_code, period_code, product_key, value_usd, share_of_source_pct
        from {{ ref('unconvertible_product') }}
        where conversion_state = 'unmapped'
    ) as unmapped
group by source_code, period_code
having sum(share_of_source_pct) > 0.1
