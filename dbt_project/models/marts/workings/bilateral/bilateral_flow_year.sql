-- One figure per reporter, partner, flow and year: the reporter's own by source priority, else the
-- partner's report of the opposite flow.
with
    annual as (

        select totals.*
        from {{ ref('trade_flow_period') }} as totals
        inner join {{ ref('dim_area') }} as partner on totals.partner_code = partner.area_code
        where
            totals.freq_code = 'A'
            and totals.flow_code in ('X', 'M')
            and partner.area_kind <> 'world'
            -- what comes back to its own economy is no trade between two
            and totals.partner_code <> totals.reporter_code

    ),

    reporters as (select distinct reporter_code from {{ ref('trade_flow_period') }} where freq_code = 'A'),

    candidates as (

        select
            reporter_code,
            partner_code,
            flow_code,
            'own' as flow_basis,
            year_number,
            source_code,
            source_priority,
            value_usd,
            coverage,
            publication_id,
            file_id,
            line
        from annual

        union all

        select
            annual.partner_code as reporter_code,
            annual.reporter_code as partner_code,
            case annual.flow_code when 'X' then 'M' else 'X' end as flow_code,
            'mirror' as flow_basis,
            annual.year_number,
            annual.source_code,
            annual.source_priority,
            annual.value_usd,
            annual.coverage,
            annual.publication_id,
            annual.file_id,
            annual.line
        from annual
        inner join reporters on annual.partner_code = reporters.reporter_code

    )

select
    reporter_code,
    partner_code,
    flow_code,
    year_number,
    value_usd,
    flow_basis,
    source_code,
    source_priority,
    coverage,
    publication_id,
    file_id,
    line
from candidates
qualify
    row_number() over (
        partition by reporter_code, partner_code, flow_code, year_number
        order by case flow_basis when 'own' then 0 else 1 end, source_priority nulls last, source_code
    )
    = 1
