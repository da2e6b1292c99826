{{ config(materialized="by_period", meta={'parts': {'yearly_pair': 'yearly_pair', 'yearly_report': 'yearly_report'}, 'next_year': ['yearly_pair', 'yearly_report']}) }}
-- What growth is divided into, in two consecutive years of one source: of trade with the World each partner and each
-- chapter, where both years are whole reports, and what World shows beyond the partners; of each pair its chapters,
-- once, as the source tells them. growth_contribution gives a pair its second side, and adds what components come to.
{%- set report = 'source_code, reporter_code, flow_code, period_code' %}
{%- set pair = ['source_code', 'reporter_code', 'partner_code', 'flow_code', 'product_key'] %}
with
    comparable as (

        select * from {{ ref('consecutive_report') }} where obstacle is null and {{ in_batch('period_code') }}

    ),

    {% for moment, code, year in [
        ('this_year', 'period_code', 'pair.period_code'),
        ('year_before', 'before_period_code', year_after('pair.period_code')),
    ] %}
        {{ moment }} as (

            select pair.* exclude (period_code), {{ year }} as period_code
            from {{ ref('yearly_pair') }} as pair
            inner join
                (select distinct source_code, {{ code }} as period_code from comparable) as year
                on pair.source_code = year.source_code
                and pair.period_code = year.period_code

        ),
    {% endfor %}

    -- read several times: a pair's trade by chapter, beside that of the year before
    change as materialized(

        select
            {% for name in pair + ['period_code'] %}
                coalesce(now.{{ name }}, before.{{ name }}) as {{ name }},
            {% endfor %}
            case when now.period_code is null then 0 else now.value_usd end::decimal(18, 3) as value_usd,
            case when now.period_code is null then before.value_usd else coalesce(before.value_usd, 0) end::decimal(
                18, 3
            ) as before_usd
        from this_year as now
        full join
            year_before as before
            on {% for name in pair + ['period_code'] %}
                now.{{ name }} = before.{{ name }} {{ 'and' if not loop.last }}
            {% endfor %}

    ),

    sided as ({{ sides_to_sum('change', ['product_key'], ['value_usd', 'before_usd']) }}),

    divided as (

        select
            {{ report }},
            case when grouping(sided.partner_code) = 0 then 'partner' else 'product' end as component_kind,
            coalesce(sided.partner_code, sided.product_key) as component_key,
            sum(sided.value_usd)::decimal(18, 3) as value_usd,
            sum(sided.before_usd)::decimal(18, 3) as before_usd
        from sided
        inner join comparable using ({{ report }})
        group by grouping sets (({{ report }}, sided.partner_code), ({{ report }}, sided.product_key))

        union all

        select
            {{ report }},
            kinds.component_kind,
            'residual' as component_key,
            (now.world_usd - now.value_usd)::decimal(18, 3) as value_usd,
            (before.world_usd - before.value_usd)::decimal(18, 3) as before_usd
        from comparable
        inner join {{ ref('yearly_report') }} as now using ({{ report }})
        inner join
            {{ ref('yearly_report') }} as before
            on comparable.source_code = before.source_code
            and comparable.reporter_code = before.reporter_code
            and comparable.flow_code = before.flow_code
            and comparable.before_period_code = before.period_code
        cross join (values ('partner'), ('product')) as kinds(component_kind)
        where now.world_usd is not null and before.world_usd is not null

    )

select
    {{ report }},
    {{ world_code() }} as partner_code,
    divided.component_kind,
    divided.component_key,
    divided.value_usd,
    divided.before_usd,
    comparable.is_across_revisions and divided.component_kind = 'product' as is_across_revisions,
    null::varchar as obstacle
from divided
inner join comparable using ({{ report }})
where divided.component_kind = 'partner' or comparable.has_products

union all by name

select
    {{ report }},
    {{ world_code() }} as partner_code,
    kinds.component_kind,
    'unknown' as component_key,
    coalesce(obstacle, 'no_products') as obstacle
from {{ ref('consecutive_report') }}
cross join (values ('partner'), ('product')) as kinds(component_kind)
where
    (obstacle is not null or (kinds.component_kind = 'product' and not has_products)) and {{ in_batch('period_code') }}

union all by name

select {{ report }}, partner_code, 'product' as component_kind, product_key as component_key, value_usd, before_usd
from change
