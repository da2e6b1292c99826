{% macro partner_flow_share() %}
    -- Share of a partner in the exports, or the imports, of the reporter in a year: both sides of the ratio from one
    -- report of the reporter's own, as for total trade (partner_share).
    {% for flow in ['exports', 'imports'] %}
        select
            report.reporter_code,
            report.partner_code,
            'share_of_{{ flow }}' as measure,
            period.period_code,
            period.period_start::date as period_start,
            period.period_end::date as period_end,
            period.period_months::integer as period_months,
            report.source_code,
            (100 * {{ ratio('report.' ~ flow ~ '_usd', 'world.' ~ flow ~ '_usd') }})::decimal(28, 4) as share_pct
        from {{ ref('pair_report_year') }} as report
        inner join
            {{ ref('pair_report_year') }} as world
            on report.source_code = world.source_code
            and report.reporter_code = world.reporter_code
            and report.year_number = world.year_number
            and report.report_basis = world.report_basis
        inner join {{ ref('dim_area') }} as area on world.partner_code = area.area_code
        inner join
            {{ ref('dim_period') }} as period on period.freq_code = 'A' and report.year_number = period.year_number
        where
            area.area_kind = 'world'
            and report.report_basis = 'own'
            and report.partner_code <> world.partner_code
            and report.{{ flow }}_usd is not null
            and world.{{ flow }}_usd is not null
        qualify
            row_number() over (
                partition by report.reporter_code, report.partner_code, period.period_code
                order by
                    case when report.is_converted = world.is_converted then 0 else 1 end,
                    report.report_rank,
                    report.source_code
            )
            = 1
            {{ 'union all' if not loop.last }}
    {% endfor %}
{% endmacro %}
