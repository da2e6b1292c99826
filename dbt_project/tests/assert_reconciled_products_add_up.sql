-- Products and UNALLOCATED are the pair, to the last digit, whatever column is added up; what is not allocated is
-- below zero by no more than the rounding of its products, two thousandths of a dollar each, and what the products of
-- a report exceed their total by, each report by its weight. That they do is for the gate to tell.
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

    ),

    reported as (

        select source_code, reporter_code, partner_code, flow_code, period_code, sum(value_usd) as products_usd
        from {{ ref('trade_pair_sum') }}
        where is_additive and classification_code not in ('TOTAL', 'UNALLOCATED')
        group by source_code, reporter_code, partner_code, flow_code, period_code

    ),

    weighed as (

        select
            pair.*,
            pair.weight_exporter
            * coalesce(greatest(export.products_usd - pair.value_exporter_usd, 0), 0) as exporter_excess_usd,
            (1 - pair.weight_exporter) * coalesce(
                greatest(
                    {{ ratio('import.products_usd', '1 + coalesce(pair.tau, 0)') }} - pair.value_importer_fob_usd, 0
                ),
                0
            ) as importer_excess_usd
        from {{ ref('fct_trade_reconciled_pair') }} as pair
        left join
            reported as export
            on export.flow_code = 'X'
            and pair.exporter_source_code = export.source_code
            and pair.exporter_code = export.reporter_code
            and pair.importer_code = export.partner_code
            and pair.period_code = export.period_code
        left join
            reported as import
            on import.flow_code = 'M'
            and pair.importer_source_code = import.source_code
            and pair.importer_code = import.reporter_code
            and pair.exporter_code = import.partner_code
            and pair.period_code = import.period_code

    )

select pair.exporter_code, pair.importer_code, pair.period_code, summed.n_products, summed.unallocated_usd
from weighed as pair
left join
    summed
    on pair.exporter_code = summed.exporter_code
    and pair.importer_code = summed.importer_code
    and pair.period_code = summed.period_code
where
    {% for value in values %} pair.{{ value }} is distinct from summed.{{ value }} or {% endfor %}
    summed.unallocated_usd < -0.002 * summed.n_products - pair.exporter_excess_usd - pair.importer_excess_usd
    or (pair.basis is not null and summed.n_products is null)
