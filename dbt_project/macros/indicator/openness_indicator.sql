{% macro openness_indicator() %}
    -- Trade of an economy relative to its product.
    with
        sides as (

            select
                source_code,
                reporter_code,
                period_code,
                count(case when report_state <> 'not_reported' then 1 end) as n_reported,
                count(coalesce(world_usd, case when report_state = 'whole' then value_usd end)) as n_known,
                sum(coalesce(world_usd, case when report_state = 'whole' then value_usd end)) as turnover_usd,
                {{ joined_valuation() }} as valuation_code
            from {{ ref('yearly_report') }}
            group by source_code, reporter_code, period_code

        ),

        -- where several publications give it, the one that landed last
        gdp as (

            select macro.area_code, macro.period_code, macro.value_usd
            from {{ ref('fct_macro') }} as macro
            inner join {{ files_of_cells() }} as release on macro.file_id = release.file_id
            where macro.indicator_code = 'gdp_usd'
            qualify
                row_number() over (
                    partition by macro.area_code, macro.period_code
                    order by release.known_from desc nulls last, macro.publication_id
                )
                = 1

        ),

        reasoned as (

            select
                sides.*,
                gdp.value_usd as gdp_usd,
                case
                    when sides.n_reported = 0
                    then 'not_reported'
                    when sides.n_reported = 1
                    then 'one_flow_only'
                    when sides.n_known < 2
                    then 'selected_partners'
                    when coalesce(gdp.value_usd, 0) = 0
                    then 'no_gdp'
                end as null_reason
            from sides
            left join gdp on sides.reporter_code = gdp.area_code and sides.period_code = gdp.period_code

        )

    select
        source_code,
        reporter_code,
        {{ world_code() }} as partner_code,
        'T' as flow_code,
        'TOTAL' as product_key,
        period_code,
        'openness' as indicator_code,
        cast(null as varchar) as product_level,
        case when null_reason is null then {{ ratio('turnover_usd', 'gdp_usd') }} end as value,
        turnover_usd::double as numerator,
        gdp_usd::double as denominator,
        n_known as n_observed,
        0::bigint as n_implied_zero,
        2 - n_known as n_missing,
        valuation_code,
        null_reason
    from reasoned
{% endmacro %}
