-- Trade by reporter, partner, flow and year, safe to sum along all of them: one source a reporter, flow and year, the
-- one asked first among those whose partners are complete; single partners, those not specified included; exports and
-- imports; what the reporter itself reports. A reporter without such a report is not in it: missing, not zero.
with
    chosen as (

        select report.source_code, report.reporter_code, report.flow_code, report.year_number
        from ({{ complete_yearly_reports() }}) as report
        inner join {{ ref('dim_source') }} as source on report.source_code = source.source_code
        qualify
            row_number() over (
                partition by report.reporter_code, report.flow_code, report.year_number
                order by source.priority nulls last, source.source_code
            )
            = 1

    )

select
    flow.reporter_code,
    flow.partner_code,
    flow.flow_code,
    flow.year_number,
    flow.value_usd,
    flow.source_code,
    flow.file_id,
    flow.line
from {{ ref('partner_flow_year') }} as flow
inner join
    chosen
    on flow.source_code = chosen.source_code
    and flow.reporter_code = chosen.reporter_code
    and flow.flow_code = chosen.flow_code
    and flow.year_number = chosen.year_number
inner join
    {{ ref('dim_area') }} as partner
    on flow.partner_code = partner.area_code
    and partner.area_kind in ('economy', 'nes', 'special')
where flow.cell_state = 'observed'
