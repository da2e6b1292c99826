-- Growth as printed beside growth computed from the warehouse's own levels of the same source and currency. They differ
-- where the publisher has revised last year's figure since: the base printed beside the rate shows it, or the base the
-- rate implies. Levels of a group that gained or lost members in between are of two groups, and are not compared.
{% set rounding_points = 0.1 %}
{% set largest_revision_pct = 10 %}
with
    printed_level as materialized({{ printed_level() }}),

    beside as (

        select
            growth.*,
            now.amount as level_value,
            before.amount as level_value_before,
            {{ members_changed(
                'growth.reporter_code', 'growth.partner_code', 'before.period_start', 'now.period_end'
            ) }} as has_other_members,
            coalesce(growth.base_value_printed, {{ ratio('now.amount', '1 + 0.01 * growth.yoy_pct') }})::decimal(
                18, 3
            ) as base_value
        from {{ ref('fct_trade_growth') }} as growth
        left join
            printed_level as now
            on growth.source_code = now.source_code
            and growth.reporter_code = now.reporter_code
            and growth.partner_code = now.partner_code
            and growth.flow_code = now.flow_code
            and growth.product_key = now.product_key
            and growth.period_code = now.period_code
            and growth.yoy_currency = now.currency_code
        left join
            printed_level as before
            on now.source_code = before.source_code
            and now.reporter_code = before.reporter_code
            and now.partner_code = before.partner_code
            and now.flow_code = before.flow_code
            and now.product_key = before.product_key
            and now.currency_code = before.currency_code
            and now.freq_code = before.freq_code
            and now.period_months = before.period_months
            and now.year_number = before.year_number + 1
            and extract(month from now.period_start) = extract(month from before.period_start)

    ),

    computed as (

        select
            *,
            case when not has_other_members then level_value_before end as comparable_before,
            {{ growth_pct('level_value', 'comparable_before') }}::decimal(18, 3) as yoy_computed_pct
        from beside

    ),

    revised as (

        select
            *,
            (yoy_pct - yoy_computed_pct)::decimal(18, 3) as difference_points,
            (100 * ({{ ratio('base_value', 'comparable_before') }} - 1))::decimal(18, 3) as base_revision_pct
        from computed

    ),

    printed_growth as (

        select
            source_code,
            reporter_code,
            partner_code,
            flow_code,
            product_key,
            period_code,
            yoy_currency,
            yoy_pct::decimal(12, 3) as yoy_printed_pct,
            yoy_computed_pct,
            difference_points,
            case
                when level_value is null
                then 'no_level'
                when has_other_members
                then 'members_changed'
                when yoy_computed_pct is null
                then 'no_level_before'
                when abs(difference_points) <= {{ rounding_points }}
                then 'agrees'
                when abs(base_revision_pct) <= {{ largest_revision_pct }}
                then 'revised_base'
                else 'unexplained'
            end as growth_state,
            level_value::decimal(18, 3) as level_value,
            level_value_before::decimal(18, 3) as level_value_before,
            base_value_printed::decimal(18, 3) as base_value_printed,
            case when base_value_printed is null then base_value end as base_value_implied,
            base_revision_pct,
            publication_id,
            file_id,
            line::bigint as line
        from revised

    )

select *
from {{ shown_step('printed_growth') }}
