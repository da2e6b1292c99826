-- Products and UNALLOCATED are the pair, to the last digit, whatever column is added up; what is not allocated is
-- never below zero by more than the rounding of its products, a thousandth of a dollar each.
{%- set values = ['value_exporter_usd', 'value_importer_cif_usd', 'value_importer_fob_usd', 'value_reconciled_usd', 'value_mean_usd'] %}
with
    summed as (

        select
            exporter_code,
            importer_code,
            period_code,
            {% for value in values %} sum({{ value }}) as {{ value }}, {% endfor %}
            sum(case when product_key = 'UNALLOCATED' then value_reconciled_usd end) as unallocated_usd,
            count(*) as n_products
        from {{ ref('fct_trade_reconciled') }}
        group by exporter_code, importer_code, period_code

    )

select pair.exporter_code, pair.importer_code, pair.period_code, summed.n_products, summed.unallocated_usd
from {{ ref('fct_trade_reconciled_pair') }} as pair
left join
    summed
    on pair.exporter_code = summed.exporter_code
    and pair.importer_code = summed.importer_code
    and pair.period_code = summed.period_code
where
    {% for value in values %} pair.{{ value }} is distinct from summed.{{ value }} or {% endfor %}
    summed.unallocated_usd < -0.001 * summed.n_products - 0.0011 * pair.value_reconciled_usd
    or (pair.basis is not null and summed.n_products is null)
