{% macro world_level() %}
    -- Levels of a year with the World, in the columns of pair_level: what a reporter traded in all. The report that
    -- goes first is the figure (level_rank 1); beside it stand what the press quotes (2) and its other reports (3). A
    -- balance is that of one report.
    with
        reports as (

            select
                report.*,
                period.period_code,
                source.report_kind,
                exported.file_id as exports_file_id,
                exported.line as exports_line,
                imported.file_id as imports_file_id,
                imported.line as imports_line
            from {{ ref('pair_report_year') }} as report
            inner join {{ ref('dim_area') }} as partner on report.partner_code = partner.area_code
            inner join
                {{ ref('dim_period') }} as period on period.freq_code = 'A' and report.year_number = period.year_number
            inner join {{ ref('dim_source') }} as source on report.source_code = source.source_code
            {% for alias, flow in [('exported', 'X'), ('imported', 'M')] %}
                left join
                    {{ ref('pair_flow_report') }} as {{ alias }}
                    on report.source_code = {{ alias }}.source_code
                    and report.report_side = {{ alias }}.report_side
                    and report.report_basis = {{ alias }}.report_basis
                    and report.reporter_code = {{ alias }}.reporter_code
                    and report.partner_code = {{ alias }}.partner_code
                    and report.year_number = {{ alias }}.year_number
                    and {{ alias }}.flow_code = '{{ flow }}'
            {% endfor %}
            where partner.area_kind = 'world' and report.report_basis = 'own'

        ),

        levels as (

            {% for measure, value, low, high, rule in [
        ('turnover', 'turnover_usd', 'turnover_usd_min', 'turnover_usd_max', 'turnover_rule'),
        ('exports', 'exports_usd', 'exports_usd', 'exports_usd', "'published'"),
        ('imports', 'imports_usd', 'imports_usd', 'imports_usd', "'published'"),
        ('balance', 'exports_usd - imports_usd', 'exports_usd - imports_usd', 'exports_usd - imports_usd', "'exports_less_imports'"),
    ] %}
                select
                    reporter_code,
                    partner_code,
                    '{{ measure }}' as measure,
                    period_code,
                    {{ value }} as value_usd,
                    {{ low }} as low_usd,
                    {{ high }} as high_usd,
                    {{ rule }} as level_rule,
                    source_code,
                    {% if measure == 'turnover' -%} is_corroborated, publication_id, file_id, line
                    {%- else -%}
                        false as is_corroborated,
                        null as publication_id,
                        {{ 'imports' if measure == 'imports' else 'exports' }}_file_id as file_id,
                        {{ 'imports' if measure == 'imports' else 'exports' }}_line as line
                    {%- endif %},
                    report_kind,
                    report_rank
                from reports
                where {{ value }} is not null {{ 'union all' if not loop.last }}
            {% endfor %}

        )

    select
        reporter_code,
        partner_code,
        measure,
        period_code,
        value_usd,
        low_usd,
        high_usd,
        level_rule,
        source_code,
        is_corroborated,
        publication_id,
        file_id,
        line,
        case
            when
                row_number() over (
                    partition by reporter_code, partner_code, measure, period_code order by report_rank, source_code
                )
                = 1
            then 1
            when report_kind = 'quoted'
            then 2
            else 3
        end as level_rank
    from levels
{% endmacro %}
