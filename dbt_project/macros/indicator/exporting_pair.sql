{% macro exporting_pair() %}
    -- Every pair a source has any exports of, in every year it has of the exporter: the value, zero where a whole
    -- report does not name the partner, unknown where there is no whole report. A pair without a row never traded.
    -- The exports of the report are those to
    -- others.
    with
        traded as (

            select source_code, reporter_code, partner_code, period_code, value_usd
            from {{ ref('yearly_partner') }}
            where flow_code = 'X' and is_other_economy

        )

    select
        report.source_code,
        report.reporter_code,
        known.partner_code,
        report.period_code,
        report.report_state,
        case
            when report.report_state = 'whole' then coalesce(traded.value_usd, 0) else traded.value_usd
        end as value_usd,
        report.abroad_usd as exports_usd,
        report.valuation_code
    from (select distinct source_code, reporter_code, partner_code from traded) as known
    inner join
        {{ ref('yearly_report') }} as report
        on known.source_code = report.source_code
        and known.reporter_code = report.reporter_code
        and report.flow_code = 'X'
    left join
        traded
        on report.source_code = traded.source_code
        and report.reporter_code = traded.reporter_code
        and known.partner_code = traded.partner_code
        and report.period_code = traded.period_code
{% endmacro %}
