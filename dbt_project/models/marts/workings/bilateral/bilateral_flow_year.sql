-- One figure per reporter, partner, flow and year: the reporter's own by source priority, else the zero its complete
-- report implies, else the partner's report of the opposite flow, else what a publisher made of others' reports.
with
    annual as (

        select totals.*
        from {{ ref('partner_flow_year') }} as totals
        inner join {{ ref('dim_area') }} as partner on totals.partner_code = partner.area_code
        where
            totals.flow_code in ('X', 'M')
            and partner.area_kind <> 'world'
            -- what comes back to its own economy is no trade between two
            and totals.partner_code <> totals.reporter_code

    ),

    reporters as (select distinct reporter_code from {{ ref('fct_availability') }} where freq_code = 'A'),

    candidates as (

        select
            reporter_code,
            partner_code,
            flow_code,
            case when cell_state in ('observed', 'implied_zero') then 'own' else 'derived' end as flow_basis,
            cell_state,
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
            case annual.cell_state when 'observed' then 'mirror' else 'derived' end as flow_basis,
            'missing' as cell_state,
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
        -- that a partner knows of no trade is no report of the reporter
        where annual.cell_state <> 'implied_zero'

    )

select
    reporter_code,
    partner_code,
    flow_code,
    year_number,
    value_usd,
    flow_basis,
    case flow_basis when 'own' then cell_state else 'missing' end as flow_state,
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
        order by
            case flow_basis when 'own' then 0 when 'mirror' then 1 else 2 end,
            -- what was reported before what follows from silence, and before the partner's side of the same
            case cell_state when 'implied_zero' then 1 when 'missing' then 1 else 0 end,
            source_priority nulls last,
            source_code
    )
    = 1
