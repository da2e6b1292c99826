-- Converting to any revision keeps the value of every product a source reports in a period, all cells together, to the
-- last digit; what is in the revision already stays exactly as it is.
-- Asked of sums: the parts of a cell are those of its product. That weights add up is proven on the weights
-- (assert_conversion_weights_add_up).
with
    products as (

        select
            source_code,
            period_code,
            product_key,
            value_usd,
            {% for column in ['reporter_code', 'partner_code', 'flow_code', 'quantity_unit_code', 'valuation_code', 'coverage', 'file_id'] %}
                cast(null as varchar) as {{ column }},
            {% endfor %}
            {% for column in ['net_weight_kg', 'quantity'] %} cast(null as double) as {{ column }}, {% endfor %}
            cast(null as bigint) as line
        from ({{ product_total() }}) as total

    ),

    converted as (

        {% for number in range(7) %}
            select *, 'H{{ number }}' as hs_revision
            from
                ({{ trade_in_revision('products', "'H" ~ number ~ "'") }}) as in_h{{ number }}
                {{ 'union all' if not loop.last }}
        {% endfor %}

    ),

    after as (

        select
            hs_revision,
            source_code,
            period_code,
            reported_product_key,
            sum(value_usd) as value_usd,
            sum(
                case when conversion_state = 'same_revision' and product_key <> reported_product_key then 1 else 0 end
            ) as n_altered
        from converted
        group by hs_revision, source_code, period_code, reported_product_key

    )

select after.*, products.value_usd as value_before_usd
from products
cross join (select distinct hs_revision from after) as revisions
left join
    after
    on products.source_code = after.source_code
    and products.period_code = after.period_code
    and products.product_key = after.reported_product_key
    and revisions.hs_revision = after.hs_revision
where after.value_usd is null or after.value_usd <> products.value_usd or after.n_altered > 0
