{% macro bilateral_flow_year() %}
    -- One figure per reporter, partner, flow and year: the reporter's own, else the partner's report of the opposite
    -- flow, else what a publisher made of others' reports; of each the report that goes first for the pair, so that
    -- both flows come from one report wherever one has both.
    select
        flow.reporter_code,
        flow.partner_code,
        flow.flow_code,
        flow.year_number,
        flow.value_usd,
        flow.report_basis as flow_basis,
        case flow.report_basis when 'own' then flow.cell_state else 'missing' end as flow_state,
        flow.source_code,
        flow.source_priority,
        flow.coverage,
        flow.publication_id,
        flow.file_id,
        flow.line
    from {{ ref('pair_flow_report') }} as flow
    inner join
        {{ ref('pair_report_year') }} as report
        on flow.source_code = report.source_code
        and flow.report_side = report.report_side
        and flow.report_basis = report.report_basis
        and flow.reporter_code = report.reporter_code
        and flow.partner_code = report.partner_code
        and flow.year_number = report.year_number
    inner join {{ ref('dim_area') }} as partner on flow.partner_code = partner.area_code
    where flow.flow_code in ('X', 'M') and partner.area_kind <> 'world' and flow.cell_state is distinct from 'no_rate'
    qualify
        row_number() over (
            partition by flow.reporter_code, flow.partner_code, flow.flow_code, flow.year_number
            order by case flow.report_basis when 'own' then 0 when 'mirror' then 1 else 2 end, report.report_rank
        )
        = 1
{% endmacro %}
