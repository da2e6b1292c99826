{% macro overlap_indicator() %}
    -- How much of an economy's exports by product a partner imports (complementarity) or exports too (similarity).
    -- Both are one sum: where shares add up to one, 1 - 1/2 sum |m - x| = sum min(m, x). Asked of every pair of whole
    -- reports, also of two economies that do not trade with each other, and of every pair of exporter and partner.
    -- Reason for size: whom to compare, what they have in common, and why it may be unknown.
    {%- set pair_year = 'source_code, reporter_code, partner_code, period_code' %}
    with
        pairs as (

            select {{ pair_year }}
            from exporting_pair
            union
            select mine.source_code, mine.reporter_code, other.reporter_code as partner_code, mine.period_code
            from {{ ref('yearly_report') }} as mine
            inner join
                {{ ref('yearly_report') }} as other
                on mine.source_code = other.source_code
                and mine.period_code = other.period_code
                and mine.reporter_code <> other.reporter_code
            where mine.flow_code = 'X' and mine.report_state = 'whole' and other.report_state = 'whole'

        ),

        joined as (

            select
                pair.source_code,
                pair.reporter_code,
                pair.partner_code,
                pair.period_code,
                mine.valuation_code,
                indices.indicator_code,
                mine.product_level,
                case
                    when mine.product_level = 'subheading' then universe.n_subheadings else universe.n_chapters
                end as n_products,
                coalesce(common.overlap, 0) as overlap,
                coalesce(common.n_common, 0) as n_common,
                case
                    when mine.report_state <> 'whole'
                    then mine.report_state
                    when coalesce(other.report_state, 'not_reported') <> 'whole'
                    then 'partner_not_reported'
                    when mine.product_level is null or other.product_level is null
                    then 'no_products'
                    when not mine.has_all_products or not other.has_all_products
                    then 'selected_products'
                    when mine.product_level <> other.product_level
                    then 'levels_differ'
                    when mine.value_usd <= mine.unallocated_usd or other.value_usd <= other.unallocated_usd
                    then 'no_trade'
                end as null_reason
            from pairs as pair
            cross join
                (
                    select 'complementarity' as indicator_code, 'M' as other_flow_code
                    union all
                    select 'export_similarity', 'X'
                ) as indices
            inner join
                {{ ref('yearly_report') }} as mine
                on pair.source_code = mine.source_code
                and pair.reporter_code = mine.reporter_code
                and pair.period_code = mine.period_code
                and mine.flow_code = 'X'
            left join
                {{ ref('yearly_report') }} as other
                on pair.source_code = other.source_code
                and pair.partner_code = other.reporter_code
                and pair.period_code = other.period_code
                and indices.other_flow_code = other.flow_code
            left join
                {{ ref('yearly_universe') }} as universe
                on pair.source_code = universe.source_code
                and pair.period_code = universe.period_code
                and universe.flow_code = 'X'
            left join
                {{ ref('overlap_score') }} as common
                on pair.source_code = common.source_code
                and pair.reporter_code = common.reporter_code
                and pair.partner_code = common.partner_code
                and pair.period_code = common.period_code
                and indices.other_flow_code = common.partner_flow_code

        )

    select
        {{ pair_year }},
        'X' as flow_code,
        'TOTAL' as product_key,
        indicator_code,
        product_level,
        case when null_reason is null then overlap end as value,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        case when null_reason is null then n_common else 0 end as n_observed,
        case when null_reason is null then n_products - n_common else 0 end as n_implied_zero,
        case when null_reason is null then 0 else n_products end as n_missing,
        valuation_code,
        null_reason
    from joined
{% endmacro %}
