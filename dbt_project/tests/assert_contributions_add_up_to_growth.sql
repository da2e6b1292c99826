-- Contributions add up to the growth they explain, a hair for rounding, and components to what the report says of both
-- years. Asked of partners and of chapters of World: the chapters of a partner are read from what these were added of.
{%- set flow = 'source_code, reporter_code, flow_code' %}
with
    added as (

        select
            {{ flow }},
            component_kind,
            period_code,
            sum(value_usd) as value_usd,
            sum(before_usd) as before_usd,
            sum(contribution_pct) as contribution_pct,
            max(growth_pct) as growth_pct
        from {{ ref('growth_contribution') }}
        where partner_code = {{ world_code() }} and component_key <> 'unknown'
        group by {{ flow }}, component_kind, period_code

    ),

    reported as (

        select {{ flow }}, period_code, coalesce(world_usd, value_usd) as value_usd from {{ ref('yearly_report') }}

    )

select {{ flow }}, added.component_kind, added.period_code
from added
inner join {{ ref('consecutive_report') }} as years using ({{ flow }}, period_code)
left join reported as now using ({{ flow }}, period_code)
left join
    reported as past
    on added.source_code = past.source_code
    and added.reporter_code = past.reporter_code
    and added.flow_code = past.flow_code
    and years.before_period_code = past.period_code
where
    abs(added.contribution_pct - added.growth_pct) > 0.000001 * (1 + abs(added.growth_pct))
    or now.value_usd is distinct from added.value_usd
    or past.value_usd is distinct from added.before_usd
