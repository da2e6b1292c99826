-- What must hold of every reconciled value: it lies between its two reports, is the only one where one is known, and
-- is empty where none is; the margin and the weights keep their bounds; FOB is no more than CIF. A zero that only
-- follows from a pair's silence is no report: beside it the value is the other side's, which has all the weight.
with
    valued as (

        select
            exporter_code,
            importer_code,
            'pair' as product_key,
            period_code,
            basis,
            exporter_state as pair_exporter_state,
            importer_state as pair_importer_state,
            value_exporter_usd,
            value_importer_cif_usd,
            value_importer_fob_usd,
            tau,
            tau_method,
            weight_exporter,
            value_reconciled_usd
        from {{ ref('fct_trade_reconciled_pair') }}

        union all

        select
            product.exporter_code,
            product.importer_code,
            product.product_key,
            product.period_code,
            product.basis,
            pair.exporter_state as pair_exporter_state,
            pair.importer_state as pair_importer_state,
            product.value_exporter_usd,
            product.value_importer_cif_usd,
            product.value_importer_fob_usd,
            product.tau,
            product.tau_method,
            product.weight_exporter,
            product.value_reconciled_usd
        from {{ ref('fct_trade_reconciled') }} as product
        left join
            {{ ref('fct_trade_reconciled_pair') }} as pair
            on product.exporter_code = pair.exporter_code
            and product.importer_code = pair.importer_code
            and product.period_code = pair.period_code
        where
            product.product_key <> 'UNALLOCATED'
            and product.exporter_state <> 'suppressed'
            and product.importer_state <> 'suppressed'

    ),

    judged as (

        select
            *,
            case
                when pair_exporter_state = 'observed' and pair_importer_state = 'implied_zero'
                then
                    value_reconciled_usd = value_exporter_usd
                    and value_importer_fob_usd = 0
                    and basis = 'both'
                    and weight_exporter = 1
                when pair_exporter_state = 'implied_zero' and pair_importer_state = 'observed'
                then
                    value_reconciled_usd = value_importer_fob_usd
                    and value_exporter_usd = 0
                    and basis = 'both'
                    and weight_exporter = 0
                when value_exporter_usd is not null and value_importer_fob_usd is not null
                then
                    value_reconciled_usd >= least(value_exporter_usd, value_importer_fob_usd)
                    and value_reconciled_usd <= greatest(value_exporter_usd, value_importer_fob_usd)
                    and basis = 'both'
                    and weight_exporter between 0.1 and 0.9
                when value_exporter_usd is not null
                then value_reconciled_usd = value_exporter_usd and basis = 'exporter_only'
                when value_importer_fob_usd is not null
                then value_reconciled_usd = value_importer_fob_usd and basis = 'importer_only'
                else value_reconciled_usd is null and basis is null
            end as is_between,
            coalesce(tau, 0) >= 0
            and coalesce(tau, 0) <= 0.2
            and coalesce(value_importer_fob_usd <= value_importer_cif_usd, true)
            and (tau = 0 or coalesce(tau_method, '') <> 'fob_report') as is_margin_sound
        from valued

    )

select *
from judged
where coalesce(is_between, false) = false or coalesce(is_margin_sound, false) = false
