{{ config(meta={'has_parts': true}) }}
-- What each source has of an economy's exports and imports of a year: whole, of selected partners, the World total
-- alone, or nothing although it has other years of it. Every index starts from here, so that what is missing is
-- counted and never a zero.
-- Reason for size: what a report has, and what it lacks, is one question asked of four tables.
{%- set report = 'source_code, reporter_code, flow_code, period_code' %}
with
    yearly_partner as materialized({{ yearly_partner() }}),

    partners as (

        select
            {{ report }},
            sum(value_usd)::decimal(18, 3) as value_usd,
            sum(case when partner_code <> reporter_code then value_usd else 0 end)::decimal(18, 3) as abroad_usd,
            sum(case when is_other_economy then value_usd end)::decimal(18, 3) as economies_usd,
            count(case when is_other_economy then 1 end) as n_partners,
            sum(unallocated_usd)::decimal(18, 3) as unallocated_usd,
            {{ one_or_mixed('valuation_code') }} as valuation_code,
            bool_or(is_mirrored) as is_mirrored
        from yearly_partner
        group by {{ report }}

    ),

    world as (

        select
            total.source_code,
            total.reporter_code,
            total.flow_code,
            total.period_code,
            total.value_usd,
            total.valuation_code
        from {{ ref('trade_total') }} as total
        inner join {{ ref('dim_period') }} as period on total.period_code = period.period_code
        where
            period.freq_code = 'A'
            and total.partner_code = {{ world_code() }}
            and total.flow_code in ('X', 'M')
            and total.value_usd is not null
            and total.cell_state is distinct from 'estimated'

    ),

    scope as (

        select
            {{ report }},
            max(case when partner_scope = 'complete' then 1 else 0 end) = 1 as has_all_partners,
            max(case when product_scope = 'complete' then 1 else 0 end) = 1 as has_all_products
        from {{ ref('fct_availability') }}
        where availability_state = 'published'
        group by {{ report }}

    ),

    reports as (

        select {{ report }}
        from partners
        union
        select {{ report }}
        from world

    ),

    -- an economy of which the source has some years, in all its other years, as long as it exists
    expected as (

        select known.source_code, known.reporter_code, known.flow_code, years.period_code
        from (select distinct source_code, reporter_code, flow_code from reports) as known
        inner join
            (select distinct source_code, period_code from reports) as years on known.source_code = years.source_code
        inner join {{ ref('dim_period') }} as period on years.period_code = period.period_code
        inner join {{ ref('dim_area') }} as reporter on known.reporter_code = reporter.area_code
        where
            (reporter.valid_from is null or reporter.valid_from <= period.period_end)
            and (reporter.valid_to is null or reporter.valid_to >= period.period_start)
        union
        select {{ report }}
        from reports

    ),

    levels as (

        select
            {{ report }},
            max(product_level) as product_level,
            {{ one_or_mixed('reported_revision') }} as reported_revision
        from {{ ref('yearly_product') }}
        group by {{ report }}

    ),

    yearly_report as (

        select
            {{ report }},
            case
                when partners.value_usd is not null and (partners.is_mirrored or scope.has_all_partners)
                then 'whole'
                when partners.value_usd is not null
                then 'selected_partners'
                when world.value_usd is not null
                then 'world_total'
                else 'not_reported'
            end as report_state,
            nullif(levels.product_level, 'total') as product_level,
            levels.reported_revision,
            coalesce(partners.is_mirrored or scope.has_all_products, false) as has_all_products,
            partners.value_usd,
            partners.abroad_usd,
            partners.economies_usd,
            partners.unallocated_usd,
            world.value_usd as world_usd,
            coalesce(partners.n_partners, 0)::bigint as n_partners,
            coalesce(partners.valuation_code, world.valuation_code) as valuation_code
        from expected
        left join partners using ({{ report }})
        left join world using ({{ report }})
        left join scope using ({{ report }})
        left join levels using ({{ report }})

    )

select *
from {{ shown_step('yearly_report') }}
