{{ config(materialized="view") }}
-- What each partner and each chapter contributed to the growth of a flow from one year to the next. Contributions add
-- up to growth. Components and totals are laid side by side here, and not kept: they repeat from row to row.
{%- set flow = 'source_code, reporter_code, partner_code, flow_code, component_kind, period_code' %}
with
    component as (

        select {{ flow }}, component_key, value_usd, before_usd, is_across_revisions, obstacle
        from {{ ref('growth_component') }}
        where partner_code = {{ world_code() }}

        union all

        select
            source_code,
            reporter_code,
            partner_code,
            flow_code,
            'product' as component_kind,
            period_code,
            component_key,
            value_usd,
            before_usd,
            is_across_revisions,
            null as obstacle
        from ({{ growth_of_pairs() }}) as chapters

    ),

    -- a partner is a component of World, and the total of its own chapters
    totals as (

        select
            {{ flow }}, sum(value_usd)::decimal(18, 3) as total_usd, sum(before_usd)::decimal(18, 3) as total_before_usd
        from {{ ref('growth_component') }}
        where {{ is_divided() }}
        group by {{ flow }}

        union all

        select source_code, reporter_code, component_key, flow_code, 'product', period_code, value_usd, before_usd
        from {{ ref('growth_component') }}
        where {{ is_divided() }} and component_kind = 'partner' and component_key <> 'residual'

    )

select
    component.source_code,
    component.reporter_code,
    component.partner_code,
    component.flow_code,
    component.component_kind,
    component.component_key,
    component.period_code,
    component.value_usd,
    component.before_usd,
    totals.total_usd,
    totals.total_before_usd,
    100 * {{ ratio('component.value_usd - component.before_usd', 'totals.total_before_usd') }} as contribution_pct,
    100 * {{ ratio('totals.total_usd - totals.total_before_usd', 'totals.total_before_usd') }} as growth_pct,
    component.is_across_revisions,
    coalesce(component.obstacle, case when totals.total_before_usd = 0 then 'new' end) as null_reason
from component
left join totals using ({{ flow }})
