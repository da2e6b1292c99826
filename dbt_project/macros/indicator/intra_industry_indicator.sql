{% macro intra_industry_indicator() %}
    -- How far an economy exports what it imports: Grubel and Lloyd's index over all partners. Imports are taken as
    -- they are valued, CIF mostly; valuation_code says how.
    with
        -- a figure of it counts where both reports are whole by product: product_trade then has both flows of each
        overlap as (

            select
                source_code,
                reporter_code,
                period_code,
                sum(exports_usd + imports_usd - abs(exports_usd - imports_usd)) as matched_usd,
                sum(exports_usd + imports_usd) as traded_usd,
                count(case when exports_usd > 0 and imports_usd > 0 then 1 end) as n_both,
                count(*) as n_traded
            from {{ ref('product_trade') }}
            group by source_code, reporter_code, period_code

        ),

        sides as (

            select
                source_code,
                reporter_code,
                period_code,
                count(case when report_state = 'whole' then 1 end) as n_whole,
                min(case when report_state <> 'whole' then report_state end) as obstacle,
                count(product_level) as n_with_products,
                count(distinct product_level) as n_levels,
                min(product_level) as product_level,
                min(case when has_all_products then 1 else 0 end) as has_all_products,
                {{ joined_valuation() }} as valuation_code
            from {{ ref('yearly_report') }}
            group by source_code, reporter_code, period_code

        ),

        reasoned as (

            select
                sides.*,
                overlap.matched_usd,
                overlap.traded_usd,
                overlap.n_both,
                overlap.n_traded,
                case
                    when sides.n_whole < 2
                    then coalesce(sides.obstacle, 'one_flow_only')
                    when sides.n_with_products < 2
                    then 'no_products'
                    when sides.has_all_products = 0
                    then 'selected_products'
                    when sides.n_levels > 1
                    then 'levels_differ'
                    when coalesce(overlap.traded_usd, 0) = 0
                    then 'no_trade'
                end as null_reason
            from sides
            left join overlap using (source_code, reporter_code, period_code)

        )

    select
        source_code,
        reporter_code,
        {{ world_code() }} as partner_code,
        'T' as flow_code,
        'TOTAL' as product_key,
        period_code,
        'grubel_lloyd' as indicator_code,
        product_level,
        case when null_reason is null then {{ ratio('matched_usd', 'traded_usd') }} end as value,
        case when null_reason is null then matched_usd::double end as numerator,
        case when null_reason is null then traded_usd::double end as denominator,
        case when null_reason is null then n_both else 0 end as n_observed,
        case when null_reason is null then n_traded - n_both else 0 end as n_implied_zero,
        2 - n_whole as n_missing,
        valuation_code,
        null_reason
    from reasoned
{% endmacro %}
