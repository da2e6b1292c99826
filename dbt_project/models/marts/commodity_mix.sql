{{ config(materialized='by_period', meta={'parts': {'commodity_report': 'commodity_report', 'trade_flow_period': 'trade_flow_period'}, 'across_sources': ['source_code', 'flow_source_code']}) }}
-- Commodities in the trade of a pair, one source per cell, with their part of the flow where the
-- flow itself is known for the same period.
{%- set commodity = 'reporter_code, partner_code, flow_code, period_code, commodity_group_code' %}
with
    -- who says something of a period, in the order they are asked
    places as (

        select
            said.*,
            row_number() over (
                partition by said.period_code order by source.priority nulls last, said.source_code, said.value_rule
            ) as place,
            count(*) over (partition by said.period_code) as n_places
        from
            (
                select distinct period_code, source_code, value_rule
                from {{ ref('commodity_report') }}
                where {{ in_batch('period_code') }}
            ) as said
        inner join {{ ref('dim_source') }} as source on said.source_code = source.source_code

    ),

    placed as {{ not_kept() }} (

        select report.*, places.place, places.n_places
        from {{ ref('commodity_report') }} as report
        inner join places using (period_code, source_code, value_rule)
        where {{ in_batch('report.period_code') }}

    ),

    -- what any but the last says goes before what the last one does: little, where that is a source of all pairs
    first_places as (
        select {{ commodity }}, min(place) as place from placed where place < n_places group by {{ commodity }}
    ),

    chosen as (

        select placed.*
        from placed
        left join first_places using ({{ commodity }})
        where first_places.place is null or placed.place <= first_places.place

    ),

    totals as (

        select reporter_code, partner_code, flow_code, period_code, source_code, source_priority, value_usd
        from {{ ref('trade_flow_period') }}
        where cell_state is distinct from 'estimated' and {{ in_batch('period_code') }}

    ),

    first_totals as (

        select *
        from totals
        qualify
            row_number() over (
                partition by reporter_code, partner_code, flow_code, period_code
                order by source_priority nulls last, source_code
            )
            = 1

    ),

    -- the total of the source that gave the commodity before that of any other
    shared as (

        select
            chosen.*,
            case when own.source_code is not null then own.value_usd else other.value_usd end as flow_usd,
            coalesce(own.source_code, other.source_code) as flow_source_code
        from chosen
        {% for relation, alias in [('totals', 'own'), ('first_totals', 'other')] %}
            left join
                {{ relation }} as {{ alias }}
                on chosen.reporter_code = {{ alias }}.reporter_code
                and chosen.partner_code = {{ alias }}.partner_code
                and chosen.flow_code = {{ alias }}.flow_code
                and chosen.period_code = {{ alias }}.period_code
                {{ 'and chosen.source_code = own.source_code' if alias == 'own' }}
        {% endfor %}

    )

select
    reporter_code,
    partner_code,
    flow_code,
    period_code,
    commodity_group_code,
    source_code,
    value_usd,
    value_cny,
    quantity,
    quantity_unit_code,
    value_rule,
    flow_usd,
    flow_source_code,
    (100 * {{ ratio('value_usd', 'flow_usd') }})::decimal(28, 4) as share_of_flow_pct,
    share_pct as share_published_pct,
    share_of,
    n_reports,
    publication_id,
    file_id,
    line
from shared
-- a pair is what is asked for: its rows lie together, and take a third less room
order by period_code, reporter_code, partner_code
