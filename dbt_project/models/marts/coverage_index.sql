{{ config(alias='coverage') }}
-- How much of what a reporter traded the loaded figures show: of partners, of products, of detail, of months, of
-- reporters, and how late. A row is a dataset, by source, reporter, flow and period; every mart row finds its own by
-- them.
-- Reason for size: one column an index, each with its two sides.
with
    coverage_level as materialized({{ coverage_level() }}),

    reporter_coverage as materialized({{ reporter_coverage() }}),

    levels as (

        select
            *,
            min(case when n_digits > 0 then n_digits end) over one_dataset as n_digits_coarse,
            max(n_digits) over one_dataset as n_digits_fine
        from coverage_level
        window one_dataset as (partition by source_code, reporter_code, flow_code, period_code)

    ),

    datasets as (

        select
            source_code,
            reporter_code,
            flow_code,
            period_code,
            max(n_digits_coarse) as n_digits_coarse,
            max(n_digits_fine) as n_digits_fine,
            {% for name, level in [('total', '0'), ('coarse', 'n_digits_coarse'), ('fine', 'n_digits_fine')] %}
                {% for measure in ['partners', 'world', 'nes', 'residual'] %}
                    max(case when n_digits = {{ level }} then {{ measure }}_usd end) as {{ name }}_{{ measure }}_usd,
                {% endfor %}
            {% endfor %}
            count(*) as n_levels
        from levels
        group by source_code, reporter_code, flow_code, period_code

    ),

    months as (

        select
            availability.source_code,
            availability.reporter_code,
            availability.flow_code,
            period.year_number,
            count(distinct availability.period_code) as months_present
        from {{ ref('fct_availability') }} as availability
        inner join {{ ref('dim_period') }} as period on availability.period_code = period.period_code
        where
            availability.freq_code = 'M'
            and availability.classification_code = 'TOTAL'
            and availability.availability_state = 'published'
        group by availability.source_code, availability.reporter_code, availability.flow_code, period.year_number

    ),

    available as (

        select
            availability.*,
            period.period_end,
            period.year_number,
            row_number() over (
                partition by availability.reporter_code, availability.flow_code, availability.period_code
                order by
                    case when availability.availability_state = 'published' then 0 else 1 end,
                    case when availability.cell_state = 'observed' then 0 else 1 end,
                    source.priority nulls last,
                    availability.source_code
            ) as position
        from {{ ref('fct_availability') }} as availability
        inner join {{ ref('dim_period') }} as period on availability.period_code = period.period_code
        inner join {{ ref('dim_source') }} as source on availability.source_code = source.source_code
        where availability.classification_code = 'TOTAL' and availability.flow_code in ('X', 'M')

    ),

    coverage_index as (

        select
            available.source_code,
            available.reporter_code,
            available.flow_code,
            available.period_code,
            available.availability_state,
            available.cell_state,
            available.position = 1 and available.availability_state = 'published' as is_leading_source,
            available.n_partners,
            coalesce(datasets.total_world_usd, datasets.fine_world_usd)::decimal(28, 3) as world_usd,
            {% set percentages = [
        ('partner_coverage', 'datasets.total_partners_usd', 'datasets.total_world_usd'),
        ('product_coverage',
            'coalesce(datasets.coarse_partners_usd, datasets.coarse_world_usd)',
            'case when datasets.coarse_partners_usd is null then datasets.total_world_usd else datasets.total_partners_usd end'),
        ('nes_share', 'coalesce(datasets.total_nes_usd, datasets.fine_nes_usd)',
            'coalesce(datasets.total_partners_usd, datasets.fine_partners_usd)'),
    ] %}
            {% for name, numerator, denominator in percentages %}
                (100 * {{ ratio(numerator, denominator) }})::decimal(28, 4) as {{ name }}_pct,
            {% endfor %}
            case
                when datasets.n_digits_fine > datasets.n_digits_coarse
                then (100 * {{ ratio('datasets.fine_partners_usd', 'datasets.coarse_partners_usd') }})::decimal(28, 4)
            end as detail_coverage_pct,
            case
                when datasets.n_digits_fine >= 4
                then (100 * {{ ratio('datasets.fine_residual_usd', 'datasets.fine_partners_usd') }})::decimal(28, 4)
            end as confidential_share_pct,
            months.months_present::bigint as months_present,
            reporters.n_reporters,
            reporters.reporter_coverage_pct,
            cast(
                {{ dbt.datediff('available.period_end', 'cast(available.first_released_at as date)', 'day') }} as bigint
            ) as timeliness_days
        from available
        left join
            datasets
            on available.source_code = datasets.source_code
            and available.reporter_code = datasets.reporter_code
            and available.flow_code = datasets.flow_code
            and available.period_code = datasets.period_code
        left join
            months
            on available.freq_code = 'A'
            and available.source_code = months.source_code
            and available.reporter_code = months.reporter_code
            and available.flow_code = months.flow_code
            and available.year_number = months.year_number
        left join
            reporter_coverage as reporters
            on available.source_code = reporters.source_code
            and available.flow_code = reporters.flow_code
            and available.period_code = reporters.period_code

    )

select *
from {{ shown_step('coverage_index') }}
