{{ config(materialized="by_period", meta={'parts': {'yearly_pair': 'yearly_pair', 'yearly_report': 'yearly_report'}, 'next_year': ['yearly_pair', 'yearly_report']}) }}
-- What the growth of a flow is divided into: each partner, each chapter and the chapters of each partner, in two
-- consecutive years. Both years by one source and from whole reports; what World shows beyond the partners is the
-- residual. What they come to together, growth_contribution adds where it is read: that would be twice the columns.
-- Reason for size: partners, chapters and the chapters of a partner are laid one below the other.
{%- set flow = 'source_code, reporter_code, flow_code' %}
with
    comparable as (

        select * from {{ ref('consecutive_report') }} where obstacle is null and {{ in_batch('period_code') }}

    ),

    told as (

        select pair.*
        from {{ ref('yearly_pair') }} as pair
        inner join
            (
                select source_code, period_code
                from comparable
                union
                select source_code, before_period_code
                from comparable
            ) as year
            on pair.source_code = year.source_code
            and pair.period_code = year.period_code

    ),

    pairs as ({{ sides_of_pairs('told', ['product_key']) }}),

    moments as (

        {% for moment in ['period_code', 'before_period_code'] %}
            select
                pair.source_code,
                pair.reporter_code,
                pair.partner_code,
                pair.flow_code,
                pair.product_key,
                years.period_code,
                years.has_products,
                years.is_across_revisions,
                {{ "pair.value_usd" if loop.first else "0" }} as value_usd,
                {{ "0" if loop.first else "pair.value_usd" }} as before_usd
            from pairs as pair
            inner join
                comparable as years
                on pair.source_code = years.source_code
                and pair.reporter_code = years.reporter_code
                and pair.flow_code = years.flow_code
                and pair.period_code = years.{{ moment }}
                {{ 'union all' if not loop.last }}
        {% endfor %}

    ),

    -- read several times: a pair's trade by chapter, beside that of the year before
    yearly_change as materialized(

        select
            source_code,
            reporter_code,
            partner_code,
            flow_code,
            product_key,
            period_code,
            sum(value_usd)::decimal(18, 3) as value_usd,
            sum(before_usd)::decimal(18, 3) as before_usd,
            bool_and(has_products) as has_products,
            bool_or(is_across_revisions) as is_across_revisions
        from moments
        group by source_code, reporter_code, partner_code, flow_code, product_key, period_code

    ),

    residuals as (

        {% for moment in ['period_code', 'before_period_code'] %}
            select
                {{ flow }},
                years.period_code,
                years.has_products,
                years.is_across_revisions,
                {{ "report.world_usd - report.value_usd" if loop.first else "0" }} as value_usd,
                {{ "0" if loop.first else "report.world_usd - report.value_usd" }} as before_usd
            from {{ ref('yearly_report') }} as report
            inner join {{ ref('consecutive_report') }} as years using ({{ flow }})
            where
                report.period_code = years.{{ moment }}
                and report.world_usd is not null
                and years.obstacle is null
                and {{ in_batch('years.period_code') }}
                {{ 'union all' if not loop.last }}
        {% endfor %}

    ),

    summed as (

        {% for relation, partner, kind, key in [
            ('yearly_change', world_code(), 'partner', 'partner_code'),
            ('yearly_change', world_code(), 'product', 'product_key'),
            ('residuals', world_code(), 'partner', "'residual'"),
            ('residuals', world_code(), 'product', "'residual'"),
        ] %}
            select
                {{ flow }},
                {{ partner }} as partner_code,
                '{{ kind }}' as component_kind,
                {{ key }} as component_key,
                period_code,
                sum(value_usd)::decimal(18, 3) as value_usd,
                sum(before_usd)::decimal(18, 3) as before_usd,
                {{ 'bool_or(is_across_revisions)' if kind == 'product' else 'false' }} as is_across_revisions
            from {{ relation }}
            where {{ in_batch('period_code') }} {{ 'and has_products' if kind == 'product' }}
            group by all
            union all
        {% endfor %}

        -- a chapter of a pair is there once as it is
        select
            {{ flow }},
            partner_code,
            'product' as component_kind,
            product_key as component_key,
            period_code,
            value_usd,
            before_usd,
            is_across_revisions
        from yearly_change
        where {{ in_batch('period_code') }} and has_products

    ),

    growth_component as (

        select
            source_code,
            reporter_code,
            flow_code,
            partner_code,
            component_kind,
            component_key,
            period_code,
            value_usd,
            before_usd,
            is_across_revisions,
            null::varchar as obstacle
        from summed

        union all

        select
            source_code,
            reporter_code,
            flow_code,
            {{ world_code() }},
            kinds.component_kind,
            'unknown',
            period_code,
            null,
            null,
            null,
            coalesce(obstacle, 'no_products')
        from {{ ref('consecutive_report') }}
        cross join
            (
                select 'partner' as component_kind
                union all
                select 'product'
            ) as kinds
        where
            (obstacle is not null or (kinds.component_kind = 'product' and not has_products))
            and {{ in_batch('period_code') }}

    )

select *
from {{ shown_step('growth_component') }}
