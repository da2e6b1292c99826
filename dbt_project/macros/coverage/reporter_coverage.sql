{% macro reporter_coverage() %}
    -- How much of the trade of all reporters of a source those make up that report a period: every reporter counts
    -- with its last total known by then, also in periods of which nobody asked for its report.
    -- Reason for size: the series are laid out whole before they are filled, and each join has four columns.
    with
        totals as (

            select
                availability.source_code,
                availability.reporter_code,
                availability.flow_code,
                availability.freq_code,
                availability.period_code,
                case
                    when availability.availability_state = 'published'
                    then coalesce(level.world_usd, level.partners_usd, products.partners_usd)
                end as total_usd
            from {{ ref('fct_availability') }} as availability
            {% for alias, condition in [('level', 'level.n_digits = 0'), ('products', 'products.n_digits = 6')] %}
                left join
                    coverage_level as {{ alias }}
                    on availability.source_code = {{ alias }}.source_code
                    and availability.reporter_code = {{ alias }}.reporter_code
                    and availability.flow_code = {{ alias }}.flow_code
                    and availability.period_code = {{ alias }}.period_code
                    and {{ condition }}
            {% endfor %}
            where
                availability.classification_code = 'TOTAL'
                and availability.flow_code in ('X', 'M')
                and availability.freq_code in ('A', 'M', 'Q')

        ),

        reporters as (

            select source_code, reporter_code, flow_code, freq_code, min(period_code) as first_period_code
            from totals
            where total_usd is not null
            group by source_code, reporter_code, flow_code, freq_code

        ),

        periods as (

            select distinct
                totals.source_code, totals.flow_code, totals.freq_code, period.period_code, period.period_start
            from totals
            inner join {{ ref('dim_period') }} as period on totals.period_code = period.period_code

        ),

        -- each reporter in each period of its source, from its first report on and while it exists
        series as (

            select
                reporters.source_code,
                reporters.reporter_code,
                reporters.flow_code,
                reporters.freq_code,
                periods.period_code,
                totals.total_usd
            from reporters
            inner join
                periods
                on reporters.source_code = periods.source_code
                and reporters.flow_code = periods.flow_code
                and reporters.freq_code = periods.freq_code
                and reporters.first_period_code <= periods.period_code
            inner join {{ ref('dim_area') }} as area on reporters.reporter_code = area.area_code
            left join
                totals
                on reporters.source_code = totals.source_code
                and reporters.reporter_code = totals.reporter_code
                and reporters.flow_code = totals.flow_code
                and reporters.freq_code = totals.freq_code
                and periods.period_code = totals.period_code
            where area.valid_to is null or area.valid_to >= periods.period_start

        ),

        runs as (

            select
                *,
                count(total_usd) over (
                    partition by source_code, reporter_code, flow_code, freq_code
                    order by period_code
                    rows between unbounded preceding and current row
                ) as run
            from series

        ),

        -- a run begins with a known total and lasts until the next
        last_known as (

            select
                *,
                max(total_usd) over (
                    partition by source_code, reporter_code, flow_code, freq_code, run
                ) as last_known_usd
            from runs

        )

    select
        source_code,
        flow_code,
        period_code,
        count(total_usd)::bigint as n_reporters,
        count(last_known_usd)::bigint as n_reporters_known,
        (
            100
            * {{ ratio(
            'sum(case when total_usd is not null then last_known_usd end)', 'sum(last_known_usd)'
        ) }}
        )::decimal(9, 4) as reporter_coverage_pct
    from last_known
    group by source_code, flow_code, period_code
{% endmacro %}
