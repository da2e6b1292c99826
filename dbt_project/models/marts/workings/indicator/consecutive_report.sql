-- A report and the one of the year before, of the same source, reporter and flow, and whether the two may be compared.
select
    now.source_code,
    now.reporter_code,
    now.flow_code,
    now.period_code,
    before.period_code as before_period_code,
    now.valuation_code,
    case
        when now.report_state <> 'whole' or before.report_state <> 'whole'
        then 'no_whole_reports'
        when now.valuation_code <> before.valuation_code
        then 'valuations_differ'
        when (now.world_usd is null) <> (before.world_usd is null)
        then 'world_total_in_one_year_only'
    end as obstacle,
    now.product_level is not null and before.product_level is not null as has_products,
    now.has_all_products and before.has_all_products and now.product_level = before.product_level as has_same_products,
    coalesce(
        now.reported_revision <> before.reported_revision or now.reported_revision = 'mixed', false
    ) as is_across_revisions
from {{ ref('yearly_report') }} as now
inner join {{ ref('dim_period') }} as period on now.period_code = period.period_code
inner join
    {{ ref('dim_period') }} as last_period
    on last_period.freq_code = 'A'
    and period.year_number - 1 = last_period.year_number
inner join
    {{ ref('yearly_report') }} as before
    on last_period.period_code = before.period_code
    and now.source_code = before.source_code
    and now.reporter_code = before.reporter_code
    and now.flow_code = before.flow_code
