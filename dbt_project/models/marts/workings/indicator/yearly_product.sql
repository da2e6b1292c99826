-- What an economy exports and imports of each product in a year, all partners together, at the one level its report
-- has: a flow that is partly known by chapter only is taken by chapter. Unallocated trade is one more row.
{%- set report = 'source_code, reporter_code, flow_code, period_code' %}
with
    cells as ({{ yearly_cells() }}),

    summed as (

        select
            {{ report }},
            product_level,
            product_key,
            sum(value_usd)::decimal(18, 3) as value_usd,
            bool_or(is_converted) as is_converted
        from cells
        group by {{ report }}, product_level, product_key

    ),

    levelled as (

        select
            *,
            max(case product_level when 'total' then 2 when 'chapter' then 1 else 0 end) over (
                partition by {{ report }}
            ) as coarseness
        from summed

    ),

    placed as (

        select
            {{ report }},
            case coarseness when 2 then 'total' when 1 then 'chapter' else 'subheading' end as product_level,
            case
                when coarseness = 2
                then 'TOTAL'
                when product_level = 'subheading' and coarseness = 1
                then 'HS:' || substr(product_key, 4, 2)
                else product_key
            end as product_key,
            sum(value_usd)::decimal(18, 3) as value_usd,
            bool_or(is_converted) as is_converted
        from levelled
        group by all

    )

select
    *,
    product_key <> 'unallocated' as is_allocated,
    case
        when product_key <> 'unallocated'
        then
            {{
                ratio(
                    'value_usd',
                    "sum(case when product_key <> 'unallocated' then value_usd end) over (partition by " ~ report ~ ")",
                )
            }}
    end as product_share
from placed
