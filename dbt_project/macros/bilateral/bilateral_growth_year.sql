{% macro bilateral_growth_year() %}
    -- Growth of a pair's turnover over the year before, from one report that covers both years: the report the level
    -- comes from where it does, else the next one of the same side. Dollars turned from another currency are compared
    -- with such only, a flow with one valued alike, a group with the same members. Nothing traded in both years is no
    -- growth.
    with
        reports as (select * from {{ ref('pair_report_year') }} where turnover_usd is not null),

        both_years as (

            select
                upto.*,
                before.turnover_usd as before_usd,
                {{ growth_pct('upto.turnover_usd', 'before.turnover_usd') }} as turnover_yoy_pct
            from reports as upto
            inner join
                reports as before
                on upto.source_code = before.source_code
                and upto.report_side = before.report_side
                and upto.report_basis = before.report_basis
                and upto.reporter_code = before.reporter_code
                and upto.partner_code = before.partner_code
                and upto.year_number = before.year_number + 1
                and {{ is_measured_alike("'turnover'", 'upto', 'before') }}
            where
                not {{ members_changed(
                    'upto.reporter_code', 'upto.partner_code', 'make_date(before.year_number, 1, 1)',
                    'make_date(upto.year_number, 12, 31)'
                ) }}

        )

    select
        level.reporter_code,
        level.partner_code,
        level.year_number,
        both_years.turnover_yoy_pct::decimal(18, 3) as turnover_yoy_pct,
        both_years.source_code as turnover_yoy_source_code
    from bilateral_turnover_year as level
    inner join
        both_years
        on level.reporter_code = both_years.reporter_code
        and level.partner_code = both_years.partner_code
        and level.year_number = both_years.year_number
        -- growth of what the reporter reports is not taken from its partner's books, nor the other way round
        and (level.turnover_basis = 'own') = (both_years.report_basis = 'own')
    where both_years.turnover_yoy_pct is not null
    qualify
        row_number() over (
            partition by level.reporter_code, level.partner_code, level.year_number
            order by
                case when both_years.source_code = level.turnover_source_code then 0 else 1 end,
                case both_years.report_basis when 'derived' then 1 else 0 end,
                both_years.report_rank
        )
        = 1
{% endmacro %}
