-- Trade by reporter, partner, flow and year, safe to sum along all of them: one source a reporter, flow and year, the
-- one asked first among those whose partners are complete; single partners, those not specified included; exports and
-- imports; what the reporter itself reports. A reporter without such a report is not in it: missing, not zero.
with
    chosen as (

        select availability.source_code, availability.reporter_code, availability.flow_code, period.year_number
        from {{ ref('fct_availability') }} as availability
        inner join {{ ref('dim_period') }} as period on availability.period_code = period.period_code
        inner join {{ ref('dim_source') }} as source on availability.source_code = source.source_code
        where
            availability.freq_code = 'A'
            and availability.flow_code in ('X', 'M')
            and availability.classification_code = 'TOTAL'
            and availability.availability_state = 'published'
            and availability.cell_state = 'observed'
            and availability.partner_scope = 'complete'
        qualify
            row_number() over (
                partition by availability.reporter_code, availability.flow_code, period.year_number
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
