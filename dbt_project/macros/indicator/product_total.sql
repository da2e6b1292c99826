{% macro product_total() %}
    -- What a source has of each product in a period, as reported, over all its cells that may be added up. What is to
    -- be known of the codes of a source is asked of this table, not of the cells.
    select
        source_code,
        period_code,
        product_key,
        sum(value_usd)::decimal(28, 3) as value_usd,
        sum(n_cells)::bigint as n_cells,
        sum(n_estimated)::bigint as n_estimated
    from {{ ref('trade_product_sum') }}
    where is_additive
    group by source_code, period_code, product_key
{% endmacro %}
