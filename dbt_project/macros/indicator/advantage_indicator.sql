{% macro advantage_indicator() %}
    -- Revealed comparative advantage by HS chapter, whatever level the reports have below it. One row for every
    -- chapter an economy exports in any year of the source, in all its years.
    {%- set report = 'source_code, reporter_code, period_code' %}
    with
        chapters as (

            select {{ report }}, 'HS:' || substr(product_key, 4, 2) as product_key, sum(value_usd) as value_usd
            from {{ ref('yearly_product') }}
            where flow_code = 'X' and is_allocated and product_key <> 'TOTAL'
            group by all

        ),

        reports as (

            select
                report.source_code,
                report.reporter_code,
                report.period_code,
                report.valuation_code,
                universe.n_areas,
                (report.value_usd - report.unallocated_usd) as allocated_usd,
                case
                    {{ product_obstacles('report') }} when report.value_usd <= report.unallocated_usd then 'no_trade'
                end as null_reason
            from {{ ref('yearly_report') }} as report
            inner join {{ ref('yearly_universe') }} as universe using (source_code, flow_code, period_code)
            where report.flow_code = 'X'

        ),

        totals as (

            select source_code, period_code, sum(allocated_usd) as total_usd, count(*) as n_reporters
            from reports
            where null_reason is null
            group by source_code, period_code

        ),

        world as (

            select source_code, period_code, product_key, sum(chapters.value_usd) as world_usd
            from chapters
            inner join reports using ({{ report }})
            where reports.null_reason is null
            group by source_code, period_code, product_key

        ),

        parts as (

            select
                {{ report }},
                product_key,
                reports.valuation_code,
                coalesce(totals.n_reporters, 0) as n_reporters,
                reports.n_areas - coalesce(totals.n_reporters, 0) as n_missing,
                {{ ratio('coalesce(chapters.value_usd, 0)', 'reports.allocated_usd') }} as numerator,
                {{ ratio('world.world_usd', 'totals.total_usd') }} as denominator,
                coalesce(
                    reports.null_reason,
                    case
                        when totals.n_reporters < {{ min_reporters_of_a_world() }}
                        then 'world_too_small'
                        when coalesce(world.world_usd, 0) = 0
                        then 'no_trade'
                    end
                ) as null_reason
            from reports
            inner join
                (select distinct source_code, reporter_code, product_key from chapters) as known using (
                    source_code, reporter_code
                )
            left join chapters using ({{ report }}, product_key)
            left join totals using (source_code, period_code)
            left join world using (source_code, period_code, product_key)

        )

    {% for code, value in [('rca', 'numerator / denominator'), ('rsca', '(numerator - denominator) / (numerator + denominator)')] %}
        select
            {{ report }},
            {{ world_code() }} as partner_code,
            'X' as flow_code,
            product_key,
            '{{ code }}' as indicator_code,
            'chapter' as product_level,
            case when null_reason is null then {{ value }} end as value,
            case when null_reason is null then numerator end as numerator,
            case when null_reason is null then denominator end as denominator,
            n_reporters as n_observed,
            0::bigint as n_implied_zero,
            n_missing,
            valuation_code,
            null_reason
        from parts {{ 'union all' if not loop.last }}
    {% endfor %}
{% endmacro %}
