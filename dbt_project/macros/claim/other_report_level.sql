{% macro other_report_level() %}
    -- Levels of a year by the reports of the reporter that were not chosen, in the columns of pair_level: what a change
    -- between two years of one source is computed from. What the press quotes stands among the levels already.
    with
        years as (

            select
                reporter_code,
                partner_code,
                year_number,
                period_code,
                {% for measure in ['turnover', 'exports', 'imports'] %}
                    case
                        when {{ measure }}_basis = 'own' then {{ measure }}_source_code
                    end as {{ measure }}_source_code
                    {{- ',' if not loop.last }}
                {% endfor %}
            from {{ ref('bilateral_year') }}

        )

    select
        other.reporter_code,
        other.partner_code,
        'turnover' as measure,
        years.period_code,
        other.turnover_usd as value_usd,
        other.turnover_usd_min as low_usd,
        other.turnover_usd_max as high_usd,
        other.turnover_rule as level_rule,
        other.source_code,
        other.is_corroborated,
        other.publication_id,
        other.file_id,
        other.line,
        3 as level_rank
    from {{ ref('pair_report_year') }} as other
    inner join {{ ref('dim_source') }} as source on other.source_code = source.source_code
    inner join
        years
        on other.reporter_code = years.reporter_code
        and other.partner_code = years.partner_code
        and other.year_number = years.year_number
    where
        other.report_basis = 'own'
        and source.report_kind <> 'quoted'
        and other.source_code is distinct from years.turnover_source_code

    {% for measure, flow in [('exports', 'X'), ('imports', 'M')] %}
        union all

        select
            other.reporter_code,
            other.partner_code,
            '{{ measure }}',
            years.period_code,
            other.value_usd,
            other.value_usd_min,
            other.value_usd_max,
            'published',
            other.source_code,
            other.is_corroborated,
            other.publication_id,
            other.file_id,
            other.line,
            3
        from {{ ref('pair_flow_report') }} as other
        inner join
            years
            on other.reporter_code = years.reporter_code
            and other.partner_code = years.partner_code
            and other.year_number = years.year_number
        where
            other.flow_code = '{{ flow }}'
            and other.report_basis = 'own'
            and other.report_kind <> 'quoted'
            and other.source_code is distinct from years.{{ measure }}_source_code
    {% endfor %}
{% endmacro %}
