-- The measures of one gap say the same in their own ways, none is there unless both sides are known, and what all
-- exporters are compared with is what all importers are. Of a reporter whose partners and itself have no trade in a
-- year there is no row.
with
    gaps as (

        select
            exporter_code,
            importer_code,
            period_code,
            case
                when pair_status <> 'both'
                then coalesce(symmetric_gap, gap_of_mean_pct, log_gap, gap_usd, gap_as_reported_usd) is null
                when value_exporter_usd = 0 and value_importer_fob_usd = 0
                -- nothing against nothing is no difference, and has no logarithm
                then symmetric_gap = 0 and gap_of_mean_pct = 0 and gap_usd = 0 and log_gap is null
                else
                    symmetric_gap between 0 and 1
                    and abs(gap_of_mean_pct - 200 * symmetric_gap) < 0.000000001
                    and (least(value_exporter_usd, value_importer_fob_usd) = 0) = (symmetric_gap = 1)
                    and (least(value_exporter_usd, value_importer_fob_usd) = 0) = (log_gap is null)
                    and coalesce(sign(log_gap) = sign(gap_usd), true)
                    -- ln(M / X) with D = abs(M - X) / (M + X)
                    and coalesce(
                        abs(abs(log_gap) - ln({{ ratio('1 + symmetric_gap', '1 - symmetric_gap') }})) < 0.000001, true
                    )
            end as is_sound
        from {{ ref('mirror_gap') }}

    ),

    reporters as (

        select
            reporter_code,
            period_code,
            abs(bias) <= asymmetry_index + 0.000000000001
            and asymmetry_index <= 1
            and far_apart_pct between 0 and 100.000000001
            and coalesce(median_abs_log_gap >= 0, true) as is_sound
        from {{ ref('reporter_asymmetry') }}

    ),

    years as (

        select
            period_code,
            sum(case flow_code when 'X' then n_partners else - n_partners end) = 0
            and sum(case flow_code when 'X' then value_own_usd else - value_partner_usd end) = 0
            and sum(case flow_code when 'X' then value_partner_usd else - value_own_usd end) = 0 as is_sound
        from {{ ref('reporter_asymmetry') }}
        group by period_code

    )

select 'mirror_gap' as mart, exporter_code, importer_code, period_code
from gaps
where not coalesce(is_sound, false)

union all

select 'reporter_asymmetry', reporter_code, null, period_code
from reporters
where not coalesce(is_sound, false)

union all

select 'reporter_asymmetry', null, null, period_code
from years
where not coalesce(is_sound, false)
