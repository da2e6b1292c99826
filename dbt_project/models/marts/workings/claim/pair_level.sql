-- Every level a reporter's own statistic gives for a pair, for any period, in one long table.
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
                {%- endif %}
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
            case
                when exports_source_code = imports_source_code
                then exports_source_code
                else exports_source_code || '+' || imports_source_code
            end,
            false,
            null,
            exports_file_id,
            exports_line
        from {{ ref('bilateral_year') }}
        where exports_basis = 'own' and imports_basis = 'own'

    ),

    spans as (

        select
            reporter_code,
            partner_code,
            case flow_code when 'X' then 'exports' when 'M' then 'imports' else 'turnover' end as measure,
            period_code,
            value_usd,
            value_usd_min as low_usd,
            value_usd_max as high_usd,
            total_rule as level_rule,
            source_code,
            is_corroborated,
            publication_id,
            file_id,
            line
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
    line::bigint as line
from levels
where value_usd is not null
