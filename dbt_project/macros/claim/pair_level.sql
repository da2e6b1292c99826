{% macro pair_level() %}
    -- Every level a reporter's own statistic gives for a pair, for any period, in one long table. Of a year there are
    -- the figures of marts.bilateral_year, and beside them what the press quotes of the same statistic: what was said
    -- of it is measured by either. The other reports of the side (level_rank 3) measure no level: a change is computed
    -- from one source, and that may be one of them. The valuation of a year is that of its report (pair_report_year).
    -- Reason for size: yearly, monthly and cumulative levels are brought to one shape here, and only here.
    with
        years as (

            {% for measure, basis, low, high, rule, source in [
        ('turnover', 'turnover_basis', 'turnover_usd_min', 'turnover_usd_max', 'turnover_rule', 'turnover_source_code'),
        ('exports', 'exports_basis', 'exports_usd', 'exports_usd', "'published'", 'exports_source_code'),
        ('imports', 'imports_basis', 'imports_usd', 'imports_usd', "'published'", 'imports_source_code'),
    ] %}
                select
                    reporter_code,
                    partner_code,
                    '{{ measure }}' as measure,
                    period_code,
                    {{ measure }}_usd as value_usd,
                    {{ low }} as low_usd,
                    {{ high }} as high_usd,
                    {{ rule }} as level_rule,
                    {{ source }} as source_code,
                    {% if measure == 'turnover' -%} is_corroborated, publication_id, file_id, line
                    {%- else -%}
                        false as is_corroborated,
                        null as publication_id,
                        {{ measure }}_file_id as file_id,
                        {{ measure }}_line as line
                    {%- endif %},
                    1 as level_rank,
                    null::varchar as exports_valuation_code,
                    null::varchar as imports_valuation_code
                from {{ ref('bilateral_year') }}
                where {{ basis }} = 'own'

                union all

            {% endfor %}
            select
                reporter_code,
                partner_code,
                'balance',
                period_code,
                balance_usd,
                balance_usd,
                balance_usd,
                'exports_less_imports',
                exports_source_code,
                false,
                null,
                exports_file_id,
                exports_line,
                1,
                null,
                null
            from {{ ref('bilateral_year') }}
            where exports_basis = 'own' and imports_basis = 'own'

            union all

            select
                quoted.reporter_code,
                quoted.partner_code,
                {{ measure_of_flow('quoted.flow_code') }},
                year.period_code,
                quoted.value_usd,
                quoted.value_usd_min,
                quoted.value_usd_max,
                case quoted.flow_code when 'T' then quoted.total_rule || '_total' else quoted.total_rule end,
                quoted.source_code,
                quoted.is_corroborated,
                quoted.publication_id,
                quoted.file_id,
                quoted.line,
                2,
                null,
                null
            from {{ ref('pair_flow_report') }} as quoted
            inner join
                {{ ref('bilateral_year') }} as year
                on quoted.reporter_code = year.reporter_code
                and quoted.partner_code = year.partner_code
                and quoted.year_number = year.year_number
            where
                quoted.report_kind = 'quoted'
                and quoted.report_basis = 'own'
                and quoted.cell_state = 'observed'
                and quoted.source_code is distinct from case
                    quoted.flow_code
                    when 'X'
                    then year.exports_source_code
                    when 'M'
                    then year.imports_source_code
                    else year.turnover_source_code
                end

            union all

            select others.*, null, null
            from ({{ other_report_level() }}) as others

            union all

            select world.*, null, null
            from ({{ world_level() }}) as world

        ),

        spans as (

            select
                reporter_code,
                partner_code,
                {{ measure_of_flow('flow_code') }} as measure,
                period_code,
                value_usd,
                value_usd_min as low_usd,
                value_usd_max as high_usd,
                total_rule as level_rule,
                source_code,
                is_corroborated,
                publication_id,
                file_id,
                line,
                1 as level_rank,
                case when flow_code = 'X' then valuation_code end as exports_valuation_code,
                case when flow_code = 'M' then valuation_code end as imports_valuation_code
            from {{ ref('trade_flow_period') }}
            where freq_code <> 'A' and period_months <> 1 and cell_state is distinct from 'estimated'
            qualify
                row_number() over (
                    partition by reporter_code, partner_code, flow_code, period_code
                    order by source_priority nulls last, source_code
                )
                = 1

        ),

        months as (

            {% for measure in ['exports', 'imports', 'turnover'] %}
                select
                    reporter_code,
                    partner_code,
                    '{{ measure }}' as measure,
                    period_code,
                    {{ measure }}_usd as value_usd,
                    {{ measure }}_usd as low_usd,
                    {{ measure }}_usd as high_usd,
                    {{ measure }}_rule as level_rule,
                    source_code,
                    false as is_corroborated,
                    publication_id,
                    file_id,
                    line,
                    1 as level_rank,
                    exports_valuation_code,
                    imports_valuation_code,
                    period_start,
                    period_end,
                    period_months
                from {{ ref('bilateral_month') }}
                where period_months = 1
                {% if not loop.last %}
                    union all
                {% endif %}
            {% endfor %}

        ),

        levels as (

            select spans.*, period.period_start, period.period_end, period.period_months
            from
                (
                    select *
                    from years
                    union all
                    select *
                    from spans
                ) as spans
            inner join {{ ref('dim_period') }} as period on spans.period_code = period.period_code

            union all

            select *
            from months

        )

    select
        reporter_code,
        partner_code,
        measure,
        period_code,
        period_start::date as period_start,
        period_end::date as period_end,
        period_months::integer as period_months,
        value_usd::decimal(18, 3) as value_usd,
        coalesce(low_usd, value_usd)::decimal(18, 3) as low_usd,
        coalesce(high_usd, value_usd)::decimal(18, 3) as high_usd,
        level_rule,
        source_code,
        coalesce(is_corroborated, false) as is_corroborated,
        publication_id,
        file_id,
        line::bigint as line,
        level_rank::bigint as level_rank,
        exports_valuation_code,
        imports_valuation_code
    from levels
    where value_usd is not null
{% endmacro %}
