{{ config(materialized="by_period", meta={'parts': {'yearly_pair': 'yearly_pair', 'yearly_report': 'yearly_report'}, 'next_year': ['yearly_pair', 'yearly_report']}) }}
-- What growth is divided into, in two consecutive years of one source: of trade with the World each partner and each
-- chapter, where both years are whole reports, and what World shows beyond the partners; of each pair its chapters,
-- once, as the source tells them. growth_contribution gives a pair its second side, and adds what components come to.
-- Reason for size: two years side by side are divided by partner and by chapter, and told by pair, in one reading.
{%- set report = 'source_code, reporter_code, flow_code, period_code' %}
{%- set pair = 'reporter_code, partner_code, flow_code, product_key' %}
{%- set amounts = 'value_usd, before_usd' %}
with
    comparable as (

        select * from {{ ref('consecutive_report') }} where obstacle is null and {{ in_batch('period_code') }}

    ),

    -- numbers stand for a year of a source, and for a report: what is joined and added up by them are millions
    years as (

        select *, row_number() over (order by source_code, period_code) as year_number
        from (select distinct source_code, period_code, before_period_code from comparable)

    ),

    reports as (

        select comparable.*, years.year_number, row_number() over (order by {{ report }}) as report_number
        from comparable
        inner join years using (source_code, period_code, before_period_code)

    ),

    {% for moment, code in [('this_year', 'period_code'), ('year_before', 'before_period_code')] %}
        {{ moment }} as (

            select years.year_number, {{ pair }}, pair.value_usd
            from {{ ref('yearly_pair') }} as pair
            inner join years on pair.source_code = years.source_code and pair.period_code = years.{{ code }}

        ),
    {% endfor %}

    -- read several times: a pair's trade by chapter, beside that of the year before
    change as materialized(

        select
            year_number,
            {{ pair }},
            case when now.year_number is null then 0 else now.value_usd end::decimal(18, 3) as value_usd,
            case when now.year_number is null then before.value_usd else coalesce(before.value_usd, 0) end::decimal(
                18, 3
            ) as before_usd
        from this_year as now
        full join year_before as before using (year_number, {{ pair }})

    ),

    reconciled as (

        select years.year_number
        from years
        inner join {{ ref('dim_source') }} as source on years.source_code = source.source_code
        where source.statistic_code = {{ reconciled_statistic() }}

    ),

    -- to be added up by economy: where both sides of a reconciled source tell the imports of a pair, it has two rows of
    -- them here, and nothing has to look for the other
    sided as (

        select year_number, {{ pair }}, {{ amounts }}
        from change

        union all

        select
            year_number,
            partner_code as reporter_code,
            reporter_code as partner_code,
            'M' as flow_code,
            product_key,
            {{ amounts }}
        from change
        where flow_code = 'X' and year_number in (select year_number from reconciled)

    ),

    divided as (

        select
            reports.report_number,
            case when grouping(sided.partner_code) = 0 then 'partner' else 'product' end as component_kind,
            coalesce(sided.partner_code, sided.product_key) as component_key,
            sum(sided.value_usd)::decimal(18, 3) as value_usd,
            sum(sided.before_usd)::decimal(18, 3) as before_usd
        from sided
        inner join reports using (year_number, reporter_code, flow_code)
        inner join {{ ref('dim_area') }} as economy on sided.reporter_code = economy.area_code
        where economy.is_economy
        group by grouping sets ((reports.report_number, sided.partner_code), (reports.report_number, sided.product_key))

        union all

        select
            reports.report_number,
            kinds.component_kind,
            'residual' as component_key,
            (now.world_usd - now.value_usd)::decimal(18, 3) as value_usd,
            (before.world_usd - before.value_usd)::decimal(18, 3) as before_usd
        from reports
        inner join {{ ref('yearly_report') }} as now using ({{ report }})
        inner join
            {{ ref('yearly_report') }} as before
            on reports.source_code = before.source_code
            and reports.reporter_code = before.reporter_code
            and reports.flow_code = before.flow_code
            and reports.before_period_code = before.period_code
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
    reports.is_across_revisions and divided.component_kind = 'product' as is_across_revisions,
    null::varchar as obstacle
from divided
inner join reports using (report_number)
where divided.component_kind = 'partner' or reports.has_products

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

select
    years.source_code,
    change.reporter_code,
    change.flow_code,
    years.period_code,
    change.partner_code,
    'product' as component_kind,
    change.product_key as component_key,
    change.value_usd,
    change.before_usd
from change
inner join years using (year_number)
