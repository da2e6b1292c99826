-- Totals by year with the state of each cell: what was reported, what is known in another currency only, and the zeros
-- that follow. An absent partner is an implied zero where the reporter's own dataset of that flow and year is there
-- with
-- complete partners; it must be a partner the source knows and one the pair ever traded with, in a year it existed.
-- Reason for size: the columns of a total are listed once for each state.
with
    annual as (select totals.* from {{ ref('trade_flow_period') }} as totals where totals.freq_code = 'A'),

    -- what a source states in dollars too is known
    without_rate as (

        select unpriced.*, period.year_number
        from ({{ known_without_rate() }}) as unpriced
        inner join
            {{ ref('dim_period') }} as period on unpriced.period_code = period.period_code and period.freq_code = 'A'
        left join
            annual as stated
            on unpriced.source_code = stated.source_code
            and unpriced.reporter_code = stated.reporter_code
            and unpriced.partner_code = stated.partner_code
            and unpriced.flow_code = stated.flow_code
            and unpriced.period_code = stated.period_code
        where stated.source_code is null

    ),

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
        -- no report of another currency is contradicted by silence
        left join
            (select distinct reporter_code, partner_code, flow_code, period_code from without_rate) as unpriced
            on complete.reporter_code = unpriced.reporter_code
            and pairs.partner_code = unpriced.partner_code
            and complete.flow_code = unpriced.flow_code
            and complete.period_code = unpriced.period_code
        where
            reported.source_code is null
            and unpriced.reporter_code is null
            and pairs.partner_code <> complete.reporter_code

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

union all

select
    unpriced.source_code,
    source.priority::integer as source_priority,
    unpriced.reporter_code,
    unpriced.partner_code,
    unpriced.flow_code,
    unpriced.year_number,
    null::decimal(18, 3) as value_usd,
    null::decimal(18, 3) as value_usd_min,
    null::decimal(18, 3) as value_usd_max,
    null::bigint as n_reports,
    false as is_corroborated,
    'no_rate' as total_rule,
    null::varchar as valuation_code,
    'no_rate' as cell_state,
    null::varchar as coverage,
    null::varchar as publication_id,
    unpriced.file_id,
    null::bigint as line
from without_rate as unpriced
inner join {{ ref('dim_source') }} as source on unpriced.source_code = source.source_code
