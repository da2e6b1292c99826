-- How far the two reports of a trade lie apart, and what is known to drive them apart. Nothing is compared where a side
-- is missing.
with
    re_exports as (

        select source_code, reporter_code, partner_code, period_code, value_usd
        from {{ ref('trade_total') }}
        where flow_code = 'RX'

    ),

    pairs as (

        select
            pair.*,
            exporter.area_name as exporter_name,
            importer.area_name as importer_name,
            coalesce(pair.value_importer_cif_usd, pair.value_importer_fob_usd) as value_importer_usd,
            re_exports.value_usd as re_exports_usd,
            pair.pair_status = 'both' as is_compared
        from {{ ref('fct_trade_reconciled_pair') }} as pair
        inner join {{ ref('dim_area') }} as exporter on pair.exporter_code = exporter.area_code
        inner join {{ ref('dim_area') }} as importer on pair.importer_code = importer.area_code
        left join
            re_exports
            on pair.exporter_source_code = re_exports.source_code
            and pair.exporter_code = re_exports.reporter_code
            and pair.importer_code = re_exports.partner_code
            and pair.period_code = re_exports.period_code
        where pair.pair_kind = 'economies'

    ),

    compared as (

        select
            *,
            case when is_compared then value_importer_usd - value_exporter_usd end as gap_as_reported_usd,
            case when is_compared then value_importer_fob_usd - value_exporter_usd end as gap_usd,
            case when is_compared then value_importer_fob_usd + value_exporter_usd end as both_usd
        from pairs

    )

select
    exporter_code,
    exporter_name,
    importer_code,
    importer_name,
    period_code,
    pair_status,
    exporter_state,
    importer_state,
    value_exporter_usd,
    cast(value_importer_usd as decimal(18, 3)) as value_importer_usd,
    importer_valuation_code,
    value_importer_fob_usd,
    tau,
    tau_method,
    value_reconciled_usd,
    cast(gap_as_reported_usd as decimal(18, 3)) as gap_as_reported_usd,
    case
        when gap_as_reported_usd = 0 then 0 else 100 * {{ ratio('gap_as_reported_usd', 'value_exporter_usd') }}
    end as gap_as_reported_pct,
    cast(gap_usd as decimal(18, 3)) as gap_usd,
    -- nothing against nothing is no difference
    case when gap_usd = 0 then 0 else {{ ratio('abs(gap_usd)', 'both_usd') }} end as symmetric_gap,
    case when gap_usd = 0 then 0 else 200 * {{ ratio('abs(gap_usd)', 'both_usd') }} end as gap_of_mean_pct,
    case
        when is_compared and value_exporter_usd > 0 and value_importer_fob_usd > 0
        then ln({{ ratio('value_importer_fob_usd', 'value_exporter_usd') }})
    end as log_gap,
    re_exports_usd,
    case
        when is_compared
        then
            coalesce(
                nullif(
                    trim(
                        case when re_exports_usd > 0 then 're_exports ' else '' end
                        || case when exporter_state <> importer_state then 'one_side_reports_nothing ' else '' end
                        || case
                            when importer_state = 'observed' and importer_valuation_code is null
                            then 'valuation_not_stated '
                            else ''
                        end
                        || case when exporter_source_code <> importer_source_code then 'different_sources' else '' end
                    ),
                    ''
                ),
                'none_known'
            )
    end as known_causes
from compared
