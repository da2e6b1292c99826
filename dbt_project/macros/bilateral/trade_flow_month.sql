{% macro trade_flow_month() %}
    -- Months of one flow by one source, reported, not estimated: as published, or the difference of two neighbouring
    -- cumulative figures; January and February also as the one period they are published as. A year serves as the
    -- cumulative period of twelve months. Spans turned into dollars at two rates differ by more than the month between
    -- them, so they are not subtracted, nor are spans of two valuations.
    -- Reason for size: one kind of monthly report a CTE, each with its place.
    with
        cumulative as (

            select *
            from {{ ref('trade_flow_period') }}
            where
                extract(month from period_start) = 1
                and extract(day from period_start) = 1
                and extract(year from period_start) = extract(year from period_end)
                and total_rule <> 'converted'
                and cell_state is distinct from 'estimated'

        ),

        month_difference as (

            {{ month_differences(
                'cumulative',
                ['source_code', 'reporter_code', 'partner_code', 'flow_code'],
                'value_usd',
                ['source_priority', 'period_end', 'valuation_code', 'publication_id', 'file_id', 'line'],
                ['valuation_code'],
            ) }}

        ),

        published as (

            select
                *,
                case when total_rule = 'converted' then 'converted' else 'published' end
                || case when period_months = 1 then '_month' else '_two_months' end as month_rule
            from {{ ref('trade_flow_period') }}
            where
                cell_state is distinct from 'estimated'
                and extract(day from period_start) = 1
                and (period_months = 1 or (period_months = 2 and extract(month from period_start) = 1))

        ),

        cells as (

            select
                source_code,
                source_priority,
                reporter_code,
                partner_code,
                flow_code,
                year_number,
                period_start,
                period_end,
                period_months,
                value_usd as published_usd,
                null as difference_usd,
                month_rule,
                valuation_code,
                publication_id,
                file_id,
                line
            from published

            union all

            select
                source_code,
                source_priority,
                reporter_code,
                partner_code,
                flow_code,
                year_number,
                period_start,
                period_end,
                1,
                null,
                value_usd,
                'ytd_difference',
                valuation_code,
                publication_id,
                file_id,
                line
            from month_difference

        ),

        merged as (

            select
                source_code,
                reporter_code,
                partner_code,
                flow_code,
                year_number,
                period_start,
                period_end,
                period_months,
                max(source_priority) as source_priority,
                max(published_usd) as published_usd,
                max(difference_usd) as difference_usd,
                coalesce(max(month_rule) filter (where published_usd is not null), 'ytd_difference') as month_rule,
                coalesce(
                    max(valuation_code) filter (where published_usd is not null), max(valuation_code)
                ) as valuation_code,
                coalesce(
                    max(publication_id) filter (where published_usd is not null), max(publication_id)
                ) as publication_id,
                coalesce(max(file_id) filter (where published_usd is not null), max(file_id)) as file_id,
                coalesce(max(line) filter (where published_usd is not null), max(line)) as line
            from cells
            group by
                source_code,
                reporter_code,
                partner_code,
                flow_code,
                year_number,
                period_start,
                period_end,
                period_months

        )

    select
        source_code,
        source_priority::integer as source_priority,
        reporter_code,
        partner_code,
        flow_code,
        {{ month_code('year_number', 'period_start', 'period_months') }} as period_code,
        year_number,
        period_start,
        period_end,
        period_months::integer as period_months,
        coalesce(published_usd, difference_usd)::decimal(18, 3) as value_usd,
        month_rule,
        valuation_code,
        difference_usd::decimal(18, 3) as ytd_difference_usd,
        publication_id,
        file_id,
        line::bigint as line
    from merged
{% endmacro %}
