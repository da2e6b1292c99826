-- What must hold of every reconciled value: it lies between its two sources, is the only one where one is known, and
-- is empty where none is; the margin and the weights keep their bounds; FOB is no more than CIF.
with
    valued as (

        select
            exporter_code,
            importer_code,
            'pair' as product_key,
            period_code,
            basis,
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
            exporter_code,
            importer_code,
            product_key,
            period_code,
            basis,
            value_exporter_usd,
            value_importer_cif_usd,
            value_importer_fob_usd,
            tau,
            tau_method,
            weight_exporter,
            value_reconciled_usd
        from {{ ref('fct_trade_reconciled') }}
        where product_key <> 'UNALLOCATED' and exporter_state <> 'suppressed' and importer_state <> 'suppressed'

    ),

    judged as (

        select
            *,
            case
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
