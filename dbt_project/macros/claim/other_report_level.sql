{% macro other_report_level() %}
    -- Levels of a year by the reports of the reporter that were not chosen, in the columns of pair_level: what a change
    -- between two years of one source is computed from. What the press quotes stands among the levels already.
    with
        -- the source of each measure of a year, where it is the reporter's own
        chosen as (

            {% for measure in ['turnover', 'exports', 'imports'] %}
                select
                    reporter_code,
                    partner_code,
                    year_number,
                    period_code,
                    '{{ measure }}' as measure,
                    case when {{ measure }}_basis = 'own' then {{ measure }}_source_code end as source_code
                from {{ ref('bilateral_year') }}
                {% if not loop.last %}
                    union all
                {% endif %}
            {% endfor %}

        ),

        totals as (

            select
                report.reporter_code,
                report.partner_code,
                report.year_number,
                'turnover' as measure,
                report.turnover_usd as value_usd,
                report.turnover_usd_min as low_usd,
                report.turnover_usd_max as high_usd,
                report.turnover_rule as level_rule,
                report.source_code,
                report.is_corroborated,
                report.publication_id,
                report.file_id,
                report.line
            from {{ ref('pair_report_year') }} as report
            inner join {{ ref('dim_source') }} as source on report.source_code = source.source_code
            where report.report_basis = 'own' and source.report_kind <> 'quoted'

        ),

        flows as (

            select
                reporter_code,
                partner_code,
                year_number,
                {{ measure_of_flow('flow_code') }} as measure,
                value_usd,
                value_usd_min as low_usd,
                value_usd_max as high_usd,
                'published' as level_rule,
                source_code,
                is_corroborated,
                publication_id,
                file_id,
                line
            from {{ ref('pair_flow_report') }}
            where flow_code in ('X', 'M') and report_basis = 'own' and report_kind <> 'quoted'

        ),

        reports as (

            select *
            from totals
            union all
            select *
            from flows

        )

    select
        report.reporter_code,
        report.partner_code,
        report.measure,
        chosen.period_code,
        report.value_usd,
        report.low_usd,
        report.high_usd,
        report.level_rule,
        report.source_code,
        report.is_corroborated,
        report.publication_id,
        report.file_id,
        report.line,
        3 as level_rank
    from reports as report
    inner join
        chosen
        on report.reporter_code = chosen.reporter_code
        and report.partner_code = chosen.partner_code
        and report.year_number = chosen.year_number
        and report.measure = chosen.measure
    where report.source_code is distinct from chosen.source_code
{% endmacro %}
