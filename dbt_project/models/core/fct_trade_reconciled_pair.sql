-- The trade of a pair by both its reports and the value they are reconciled to. A zero that only follows from silence
-- is no report to be averaged with: beside it the other report stands alone. Each side weighs by the inverse square
-- of its reporter's alpha, within 0.1 and 0.9; half and half where one of them has too few mirrored flows.
with
    priced as (

        select
            pair.*,
            margin.tau,
            margin.tau_method,
            margin.tau_se,
            case when pair.is_importer_cif then pair.value_importer_usd end as value_importer_cif_usd,
            cast({{ ratio('pair.value_importer_usd', '1 + coalesce(margin.tau, 0)') }} as decimal(18, 3)) as fob_usd,
            {{ lone_report_weight('pair') }} as lone_weight,
            case
                when {{ lone_report_weight('pair') }} is not null
                then {{ lone_report_weight('pair') }}
                when pair.pair_status = 'both'
                then
                    cast(
                        least(
                            0.9,
                            greatest(
                                0.1,
                                coalesce(
                                    {{ ratio('importer.alpha * importer.alpha',
                                    'exporter.alpha * exporter.alpha + importer.alpha * importer.alpha') }},
                                    0.5
                                )
                            )
                        ) as decimal(7, 6)
                    )
                when pair.pair_status = 'exporter_only'
                then 1
                when pair.pair_status = 'importer_only'
                then 0
            end as weight_exporter,
            case
                when pair.pair_status <> 'both' or {{ lone_report_weight('pair') }} is not null
                then 'one_report'
                when exporter.alpha is null or importer.alpha is null
                then 'equal'
                else 'two_way_effects'
            end as weight_method
        from {{ ref('int_mirror_pair') }} as pair
        left join
            {{ ref('int_mirror_margin') }} as margin
            on pair.exporter_code = margin.exporter_code
            and pair.importer_code = margin.importer_code
            and pair.period_code = margin.period_code
        left join
            {{ ref('int_mirror_reliability') }} as exporter
            on pair.exporter_code = exporter.reporter_code
            and pair.period_code = exporter.period_code
        left join
            {{ ref('int_mirror_reliability') }} as importer
            on pair.importer_code = importer.reporter_code
            and pair.period_code = importer.period_code

    ),

    at_fob as (

        select
            *,
            -- a report at FOB keeps every digit
            case when coalesce(tau, 0) = 0 then value_importer_usd else fob_usd end as value_importer_fob_usd
        from priced

    )

select
    exporter_code,
    importer_code,
    period_code,
    pair_kind,
    pair_status,
    nullif(pair_status, 'none') as basis,
    exporter_state,
    importer_state,
    value_exporter_usd,
    value_importer_cif_usd,
    value_importer_fob_usd,
    cast(tau as double) as tau,
    tau_method,
    cast(tau_se as double) as tau_se,
    cast(weight_exporter as double) as weight_exporter,
    weight_method,
    {{ reconciled_usd('weight_exporter', 'value_exporter_usd', 'value_importer_fob_usd') }} as value_reconciled_usd,
    {{ reconciled_usd('coalesce(lone_weight, 0.5)', 'value_exporter_usd', 'value_importer_fob_usd') }}
    as value_mean_usd,
    greatest(
        coalesce(value_exporter_usd, value_importer_fob_usd), coalesce(value_importer_fob_usd, value_exporter_usd)
    ) as value_max_usd,
    cast(distance_km as double) as distance_km,
    is_contiguous,
    exporter_source_code,
    importer_source_code,
    importer_valuation_code,
    exporter_file_id,
    importer_file_id
from at_fob
