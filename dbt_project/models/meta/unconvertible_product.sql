-- Products that can not be brought into another HS revision, with their value: kept as reported, and shown here.
with
    revision as (select distinct to_revision from {{ ref('bridge_product_revision') }}),

    known as (select distinct from_product_key from {{ ref('bridge_product_revision') }}),

    traded as (

        select
            source_code,
            period_code,
            left(product_key, 9) as product_key,
            sum(value_usd) as value_usd,
            sum(n_cells) as n_cells
        from ({{ product_total() }}) as total
        where substr(product_key, 3, 1) = ':' and length(product_key) >= 9
        group by source_code, period_code, left(product_key, 9)

    ),

    totals as (

        select source_code, period_code, sum(value_usd) as total_usd from traded group by source_code, period_code

    )

select
    traded.source_code,
    traded.period_code,
    traded.product_key,
    revision.to_revision,
    case
        when known.from_product_key is not null
        then 'no_counterpart'
        else {{ conversion_obstacle('traded.product_key') }}
    end as conversion_state,
    cast(traded.value_usd as decimal(28, 3)) as value_usd,
    cast(100 * {{ ratio('traded.value_usd', 'totals.total_usd') }} as double) as share_of_source_pct,
    cast(traded.n_cells as bigint) as n_cells
from traded
inner join totals on traded.source_code = totals.source_code and traded.period_code = totals.period_code
inner join revision on left(traded.product_key, 2) <> revision.to_revision
left join
    {{ ref('bridge_product_revision') }} as bridge
    on traded.product_key = bridge.from_product_key
    and revision.to_revision = bridge.to_revision
left join known on traded.product_key = known.from_product_key
where bridge.to_product_key is null
