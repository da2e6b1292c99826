-- Totals by year with the state of each cell: what was reported, and the zeros that follow from it. An absent partner
-- is an implied zero where the reporter's own dataset of that flow and year is there with complete partners; it must
-- be a partner the source knows and one the pair ever traded with, in a year it existed.
with
    annual as (select totals.* from {{ ref('trade_flow_period') }} as totals where totals.freq_code = 'A'),

    pairs as (

        select reporter_code, partner_code
        from annual
        union
        select partner_code as reporter_code, reporter_code as partner_code
        from annual

    ),

    known_partner as (select distinct source_code, partner_code from annual),

    complete as ({{ complete_yearly_reports() }}),

    implied as (

        select complete.*, pairs.partner_code
        from complete
        inner join pairs on complete.reporter_code = pairs.reporter_code
        inner join
            known_partner
            on complete.source_code = known_partner.source_code
            and pairs.partner_code = known_partner.partner_code
        inner join
            {{ ref('dim_area') }} as partner
            on pairs.partner_code = partner.area_code
            and partner.is_economy
            and coalesce(partner.valid_from <= complete.period_end, true)
            and coalesce(partner.valid_to >= complete.period_start, true)
        left join
            annual as reported
            on complete.source_code = reported.source_code
            and complete.reporter_code = reported.reporter_code
            and pairs.partner_code = reported.partner_code
            and complete.flow_code = reported.flow_code
            and complete.period_code = reported.period_code
        where reported.source_code is null and pairs.partner_code <> complete.reporter_code

    )

select
    source_code,
    source_priority,
    reporter_code,
    partner_code,
    flow_code,
    year_number,
    value_usd,
    value_usd_min,
    value_usd_max,
    n_reports,
    is_corroborated,
    total_rule,
    valuation_code,
    cell_state,
    coverage,
    publication_id,
    file_id,
    line
from annual

union all

select
    implied.source_code,
    source.priority::integer as source_priority,
    implied.reporter_code,
    implied.partner_code,
    implied.flow_code,
    implied.year_number,
    0::decimal(18, 3) as value_usd,
    null::decimal(18, 3) as value_usd_min,
    null::decimal(18, 3) as value_usd_max,
    0::bigint as n_reports,
    false as is_corroborated,
    'implied_zero' as total_rule,
    null::varchar as valuation_code,
    'implied_zero' as cell_state,
    'complete' as coverage,
    null::varchar as publication_id,
    implied.file_id,
    null::bigint as line
from implied
inner join {{ ref('dim_source') }} as source on implied.source_code = source.source_code
