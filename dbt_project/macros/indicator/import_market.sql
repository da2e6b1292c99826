{% macro import_market() %}
    -- Economies as markets: what they import, their place among importers, and how spread their suppliers are. Who
    -- did not report has no place, and may be before anyone.
    with
        ranked as (

            select
                report.source_code,
                report.reporter_code as partner_code,
                report.period_code,
                report.report_state,
                universe.n_reporters,
                universe.n_missing,
                universe.value_usd as world_usd,
                case when report.report_state = 'whole' then report.value_usd end as value_usd,
                rank() over (
                    partition by report.source_code, report.period_code
                    order by case when report.report_state = 'whole' then report.value_usd end desc nulls last
                ) as rank_best,
                concentration.value as suppliers_hhi
            from {{ ref('yearly_report') }} as report
            inner join {{ ref('yearly_universe') }} as universe using (source_code, flow_code, period_code)
            left join
                {{ ref('concentration_indicator') }} as concentration
                on report.source_code = concentration.source_code
                and report.reporter_code = concentration.reporter_code
                and report.flow_code = concentration.flow_code
                and report.period_code = concentration.period_code
                and concentration.indicator_code = 'hhi_partners'
            where report.flow_code = 'M'

        )

    select
        source_code,
        partner_code,
        period_code,
        report_state,
        value_usd,
        case
            when n_reporters >= {{ min_reporters_of_a_world() }} then 100 * {{ ratio('value_usd', 'world_usd') }}
        end as share_of_world_pct,
        case when value_usd is not null then rank_best end as rank_best,
        case when value_usd is not null then rank_best + n_missing end as rank_worst,
        n_missing,
        suppliers_hhi
    from ranked
{% endmacro %}
