{% macro pair_flow_report() %}
    -- Every figure of a flow of a pair and year, whoever reported it, as the reporter sees it: its own, and the
    -- partner's figure of the opposite flow; with what decides between two reports: whose word it is, when it was
    -- published, and what a quotation says of a revision. That a partner knows of no trade, or
    -- not in dollars, is no report of the reporter.
    with
        annual as (

            select
                figure.*,
                source.report_kind,
                report.revision_note,
                coalesce(publication.published_on, strftime(release.known_from, '%Y-%m-%d')) as published_on
            from {{ ref('partner_flow_year') }} as figure
            inner join {{ ref('dim_source') }} as source on figure.source_code = source.source_code
            left join
                {{ ref('fct_trade_report') }} as report
                on figure.source_code = report.source_code
                and figure.file_id = report.file_id
                and figure.line = report.line
                and figure.flow_code = report.flow_code
            left join {{ ref('dim_publication') }} as publication on figure.publication_id = publication.publication_id
            left join {{ files_of_cells() }} as release on figure.file_id = release.file_id
            -- what comes back to its own economy is no trade between two
            where figure.partner_code <> figure.reporter_code

        ),

        reporters as (select distinct reporter_code from {{ ref('fct_availability') }} where freq_code = 'A')

    {% for side, reporter, partner, basis in [
    ('reporter', 'reporter_code', 'partner_code', 'own'),
    ('partner', 'partner_code', 'reporter_code', 'mirror'),
] %}
        select
            annual.source_code,
            '{{ side }}' as report_side,
            case
                when annual.cell_state in ('observed', 'implied_zero', 'no_rate') then '{{ basis }}' else 'derived'
            end as report_basis,
            annual.{{ reporter }} as reporter_code,
            annual.{{ partner }} as partner_code,
            {{ "annual.flow_code" if side == 'reporter'
            else "case annual.flow_code when 'X' then 'M' when 'M' then 'X' else annual.flow_code end" }} as flow_code,
            annual.year_number::integer as year_number,
            annual.value_usd::decimal(18, 3) as value_usd,
            annual.value_usd_min::decimal(18, 3) as value_usd_min,
            annual.value_usd_max::decimal(18, 3) as value_usd_max,
            annual.n_reports::bigint as n_reports,
            annual.is_corroborated,
            annual.total_rule,
            annual.valuation_code,
            annual.cell_state,
            annual.coverage,
            annual.source_priority::integer as source_priority,
            annual.report_kind,
            annual.revision_note,
            annual.published_on,
            annual.publication_id,
            annual.file_id,
            annual.line::bigint as line
        from annual
        {% if side == 'partner' %}
            inner join reporters on annual.partner_code = reporters.reporter_code
            where annual.cell_state not in ('implied_zero', 'no_rate')
        {% else %}
            union all
        {% endif %}
    {% endfor %}
{% endmacro %}
