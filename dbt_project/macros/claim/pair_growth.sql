{% macro pair_growth() %}
    -- Growth of a pair over the same period a year earlier: as published, else computed from two levels of one source
    -- and rule, measured alike, of a group with the same members; of a year's turnover as marts.bilateral_year computes
    -- it.
    -- Reason for size: printed and computed growth are brought to one shape here, and only here.
    with
        published as (

            select
                growth.reporter_code,
                growth.partner_code,
                {{ measure_of_flow('growth.flow_code') }} as measure,
                growth.yoy_currency as currency_code,
                growth.period_code,
                period.period_start,
                period.period_end,
                period.period_months,
                growth.yoy_pct,
                growth.yoy_pct_min,
                growth.yoy_pct_max,
                'published' as growth_rule,
                growth.source_code,
                growth.is_corroborated,
                growth.publication_id,
                growth.file_id,
                growth.line,
                1 as level_rank
            from published_growth as growth
            inner join {{ ref('dim_period') }} as period on growth.period_code = period.period_code

        ),

        computed as (

            select
                upto.reporter_code,
                upto.partner_code,
                upto.measure,
                'USD' as currency_code,
                upto.period_code,
                upto.period_start,
                upto.period_end,
                upto.period_months,
                {{ growth_pct('upto.value_usd', 'before.value_usd') }} as yoy_pct,
                upto.source_code,
                upto.file_id,
                upto.line,
                upto.level_rank
            from pair_level as upto
            inner join
                pair_level as before
                on upto.reporter_code = before.reporter_code
                and upto.partner_code = before.partner_code
                and upto.measure = before.measure
                and upto.period_months = before.period_months
                and extract(month from upto.period_start) = extract(month from before.period_start)
                and extract(year from upto.period_start) = extract(year from before.period_start) + 1
                and upto.source_code = before.source_code
                and upto.level_rule = before.level_rule
            left join {{ ref('dim_area') }} as partner on upto.partner_code = partner.area_code
            left join {{ own_report_of('upto', 'upto_report') }}
            left join {{ own_report_of('before', 'before_report') }}
            where
                upto.measure <> 'balance'
                and {{ is_measured_alike('upto.measure', 'upto_report', 'before_report') }}
                and {{ is_valued_alike('upto', 'before', 'exports') }}
                and {{ is_valued_alike('upto', 'before', 'imports') }}
                -- marts.bilateral_year has the growth of pairs, not that with the World
                and not (
                    upto.measure = 'turnover' and upto.period_months = 12 and partner.area_kind is distinct from 'world'
                )
                and extract(day from upto.period_start) = 1
                and not
                {{ members_changed(
                    'upto.reporter_code', 'upto.partner_code', 'before.period_start', 'upto.period_end'
                ) }}

            union all

            select
                year.reporter_code,
                year.partner_code,
                'turnover',
                'USD',
                year.period_code,
                period.period_start,
                period.period_end,
                period.period_months,
                year.turnover_yoy_pct,
                year.turnover_yoy_source_code,
                year.file_id,
                year.line,
                1
            from {{ ref('bilateral_year') }} as year
            inner join {{ ref('dim_period') }} as period on year.period_code = period.period_code
            where year.turnover_basis = 'own'

        ),

        growth as (

            select *
            from published
            union all
            select
                reporter_code,
                partner_code,
                measure,
                currency_code,
                period_code,
                period_start,
                period_end,
                period_months,
                yoy_pct,
                yoy_pct,
                yoy_pct,
                'computed',
                source_code,
                false,
                null,
                file_id,
                line,
                level_rank
            from computed

        )

    select
        reporter_code,
        partner_code,
        measure,
        currency_code,
        period_code,
        period_start::date as period_start,
        period_end::date as period_end,
        period_months::integer as period_months,
        yoy_pct::decimal(18, 3) as yoy_pct,
        yoy_pct_min::decimal(18, 3) as yoy_pct_min,
        yoy_pct_max::decimal(18, 3) as yoy_pct_max,
        growth_rule,
        source_code,
        is_corroborated,
        publication_id,
        file_id,
        line::bigint as line
    from growth
    where yoy_pct is not null
    qualify
        row_number() over (
            partition by reporter_code, partner_code, measure, currency_code, period_code
            order by
                case growth_rule when 'published' then 0 else 1 end, level_rank nulls last, source_code, file_id, line
        )
        = 1
{% endmacro %}
