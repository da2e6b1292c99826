{% macro bilateral_turnover_year() %}
    -- Turnover of a pair and year from one report, the first that has it: the reporter's own, else the partner's,
    -- else what is estimated; which rule gave it is a column. Flows of two reports are never added up: each has the
    -- errors, the valuation and the coverage of its own.
    select
        report.reporter_code,
        report.partner_code,
        report.year_number,
        report.turnover_usd,
        report.exports_usd,
        report.imports_usd,
        report.turnover_rule,
        report.source_code as turnover_source_code,
        report.report_basis as turnover_basis,
        report.turnover_usd_min,
        report.turnover_usd_max,
        report.n_reports,
        report.is_corroborated,
        report.publication_id,
        report.file_id,
        report.line
    from {{ ref('pair_report_year') }} as report
    inner join {{ ref('dim_area') }} as partner on report.partner_code = partner.area_code
    where
        report.turnover_usd is not null
        and partner.area_kind in ('economy', 'group')
        and report.partner_code <> report.reporter_code
    qualify
        row_number() over (
            partition by report.reporter_code, report.partner_code, report.year_number
            order by case report.report_basis when 'own' then 1 when 'mirror' then 2 else 3 end, report.report_rank
        )
        = 1
{% endmacro %}
