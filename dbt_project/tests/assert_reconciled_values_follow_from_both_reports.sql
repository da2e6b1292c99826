-- What must hold between the columns of a reconciled pair: its status and values follow from the states of both
-- sides, a missing report is never a zero, imports are brought to FOB by 1 + tau and by nothing where they are at
-- FOB, and the value is the mean of both reports by the weight.
with
    judged as (

        select
            *,
            (exporter_state in ('missing', 'no_rate')) = (value_exporter_usd is null)
            and (importer_state in ('missing', 'no_rate')) = (value_importer_fob_usd is null)
            and (exporter_state <> 'implied_zero' or value_exporter_usd = 0)
            and (importer_state <> 'implied_zero' or value_importer_fob_usd = 0) as values_follow_states,
            pair_status = case
                when exporter_state not in ('missing', 'no_rate') and importer_state not in ('missing', 'no_rate')
                then 'both'
                when exporter_state not in ('missing', 'no_rate')
                then 'exporter_only'
                when importer_state not in ('missing', 'no_rate')
                then 'importer_only'
                else 'none'
            end as status_follows_states,
            case
                when tau is null
                then importer_state <> 'observed' and tau_method is null
                when tau_method = 'fob_report'
                then tau = 0 and value_importer_cif_usd is null
                else
                    importer_state = 'observed'
                    and abs({{ ratio('value_importer_cif_usd', '1 + tau') }} - value_importer_fob_usd) <= 0.001
            end as fob_follows_tau,
            case
                when pair_status = 'none'
                then weight_exporter is null
                when pair_status = 'both'
                then
                    abs(
                        weight_exporter * value_exporter_usd
                        + (1 - weight_exporter) * value_importer_fob_usd
                        - value_reconciled_usd
                    )
                    <= 0.001 + 0.000000000001 * value_max_usd
                else weight_exporter = case when pair_status = 'exporter_only' then 1 else 0 end
            end as value_follows_weight,
            value_max_usd is not distinct from greatest(
                coalesce(value_exporter_usd, value_importer_fob_usd),
                coalesce(value_importer_fob_usd, value_exporter_usd)
            )
            and coalesce(value_mean_usd <= value_max_usd, true) as alternatives_hold
        from {{ ref('fct_trade_reconciled_pair') }}

    )

select *
from judged
where
    not (
        coalesce(values_follow_states, false)
        and coalesce(status_follows_states, false)
        and coalesce(fob_follows_tau, false)
        and coalesce(value_follows_weight, false)
        and coalesce(alternatives_hold, false)
    )
