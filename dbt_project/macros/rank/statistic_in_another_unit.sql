{% macro statistic_in_another_unit() %}
    -- Statistics of a reporter and year that say fifty times as much as sources of better priority, or a fiftieth, in
    -- most of what can be compared: their unit is another than the source says.
    with
        judged as (

            select reporter_code, partner_code, year_number, measure, statistic_code, source_priority, value_usd
            from partner_report
            where value_usd > 0 and source_priority > (select min(source_priority) from partner_report)

        ),

        -- the same trade as the partner reports it, and as the reporter does in another statistic
        known as (

            select
                partner_code as reporter_code,
                reporter_code as partner_code,
                year_number,
                case measure when 'exports' then 'imports' when 'imports' then 'exports' else measure end as measure,
                source_priority,
                value_usd
            from partner_report
            where value_usd > 0

            union all

            select reporter_code, partner_code, year_number, measure, source_priority, value_usd
            from partner_report
            where value_usd > 0

        ),

        held_against as (

            select
                judged.reporter_code,
                judged.year_number,
                judged.measure,
                judged.statistic_code,
                least(judged.value_usd, known.value_usd) as weight_usd,
                abs(ln(judged.value_usd / known.value_usd)) as gap
            from judged
            inner join known using (reporter_code, partner_code, year_number, measure)
            where judged.source_priority > known.source_priority

        )

    select reporter_code, year_number, measure, statistic_code
    from held_against
    group by reporter_code, year_number, measure, statistic_code
    having count(*) >= 2 and sum(weight_usd) filter (where gap > ln(50)) > 0.5 * sum(weight_usd)
{% endmacro %}
