-- Months of a pair, every flow of a row from one source, every month of the year once: January and February as two
-- rows or as one. Growth compares periods of equal length of the same source, measured alike: both turned into dollars
-- or neither, each flow valued as the year before. A month only the partner reports has a row too, without figures of
-- the reporter, and so has one it states in its own currency only. What the rows of a year add up to stands beside the
-- year, with the reason where they differ; the difference is taken where both are of one source.
-- Reason for size: both flows, the total and the partner's figure stand side by side, each with its rule.
with
    published_growth as materialized({{ published_growth() }}),

    trade_flow_month as materialized({{ trade_flow_month() }}),

    bilateral_turnover_year as materialized({{ bilateral_turnover_year() }}),

    pair_flow_month as materialized({{ pair_flow_month() }}),

    months as (select * from pair_flow_month),

    by_flow as (

        select
            reporter_code,
            partner_code,
            period_code,
            year_number,
            period_start,
            period_end,
            period_months,
            source_code,
            {% for name, flow in [('exports', 'X'), ('imports', 'M'), ('printed', 'T')] %}
                max(value_usd) filter (where flow_code = '{{ flow }}') as {{ name }}_usd,
                max(month_rule) filter (where flow_code = '{{ flow }}') as {{ name }}_rule,
                max(valuation_code) filter (where flow_code = '{{ flow }}') as {{ name }}_valuation_code,
                max(ytd_difference_usd) filter (where flow_code = '{{ flow }}') as {{ name }}_difference_usd,
            {% endfor %}
            max(publication_id) filter (where flow_code = 'T') as publication_id,
            max(file_id) filter (where flow_code = 'T') as file_id,
            max(line) filter (where flow_code = 'T') as line
        from months
        group by
            reporter_code, partner_code, period_code, year_number, period_start, period_end, period_months, source_code

    ),

    levels as (

        select
            *,
            coalesce(printed_usd, exports_usd + imports_usd)::decimal(18, 3) as turnover_usd,
            case
                when printed_usd is not null
                then printed_rule
                when exports_usd + imports_usd is not null
                then 'sum_of_flows'
            end as turnover_rule,
            coalesce(coalesce(printed_rule, exports_rule || imports_rule) like '%converted%', false) as is_converted
        from by_flow

    ),

    -- economies whose own months are loaded, or were asked for
    reporters as (

        select reporter_code
        from levels
        union
        select reporter_code
        from {{ ref('fct_availability') }}
        where freq_code = 'M'

    ),

    -- months the reporter states in a currency of which no rate is loaded
    without_rate as (

        select distinct
            unpriced.reporter_code,
            unpriced.partner_code,
            unpriced.period_code,
            period.year_number,
            period.period_start,
            period.period_end,
            period.period_months
        from ({{ known_without_rate() }}) as unpriced
        inner join {{ ref('dim_period') }} as period on unpriced.period_code = period.period_code
        inner join {{ ref('dim_area') }} as partner on unpriced.partner_code = partner.area_code
        where
            period.freq_code = 'M'
            and partner.area_kind in ('economy', 'group')
            and unpriced.partner_code <> unpriced.reporter_code

    ),

    -- months of which the reporter has nothing in dollars
    silent as (

        select *, 'no_rate' as reporter_state
        from without_rate

        union all

        select
            other.partner_code as reporter_code,
            other.reporter_code as partner_code,
            other.period_code,
            other.year_number,
            other.period_start,
            other.period_end,
            other.period_months,
            'missing' as reporter_state
        from levels as other
        inner join reporters on other.partner_code = reporters.reporter_code
        left join
            without_rate as unpriced
            on other.partner_code = unpriced.reporter_code
            and other.reporter_code = unpriced.partner_code
            and other.period_start <= unpriced.period_end
            and other.period_end >= unpriced.period_start
        where unpriced.reporter_code is null

    ),

    with_silence as (

        select *, 'observed' as reporter_state
        from levels

        union all by name

        select silent.*
        from silent
        left join
            levels as own
            on silent.reporter_code = own.reporter_code
            and silent.partner_code = own.partner_code
            and silent.period_start <= own.period_end
            and silent.period_end >= own.period_start
        where own.reporter_code is null

    ),

    missing as (

        select
            pair.reporter_code,
            pair.partner_code,
            pair.year_number,
            {{ text_list("lpad(calendar.number::varchar, 2, '0')", 'calendar.number') }} as missing_months
        from (select distinct reporter_code, partner_code, year_number from with_silence) as pair
        cross join ({{ number_rows(1, 12) }}) as calendar
        left join
            levels
            on pair.reporter_code = levels.reporter_code
            and pair.partner_code = levels.partner_code
            and pair.year_number = levels.year_number
            and calendar.number
            between extract(month from levels.period_start) and extract(month from levels.period_end)
            and levels.turnover_usd is not null
        where levels.period_code is null
        group by pair.reporter_code, pair.partner_code, pair.year_number

    ),

    months_of_year as (

        select
            reporter_code,
            partner_code,
            year_number,
            sum(turnover_usd)::decimal(18, 3) as months_usd,
            -- the sum of two rounded flows may be off by both
            sum(
                case
                    when turnover_rule = 'sum_of_flows'
                    then
                        {{ half_last_digit('exports_usd', 'source_code') }}
                        + {{ half_last_digit('imports_usd', 'source_code') }}
                    else {{ half_last_digit('turnover_usd', 'source_code') }}
                end
            ) as rounding_usd,
            min(source_code) as source_code,
            count(distinct source_code) as n_sources,
            bool_or(is_converted) as is_converted
        from levels
        where turnover_usd is not null
        group by reporter_code, partner_code, year_number

    ),

    years as (

        select
            months.reporter_code,
            months.partner_code,
            months.year_number,
            months.months_usd,
            months.n_sources,
            year.turnover_usd as year_turnover_usd,
            year.turnover_source_code as year_source_code,
            months.n_sources = 1 and months.source_code = year.turnover_source_code as is_one_source,
            months.is_converted,
            abs(months.months_usd - year.turnover_usd)
            <= months.rounding_usd
            + case
                when year.turnover_rule like 'sum%'
                then
                    {{ half_last_digit('year.exports_usd', 'year.turnover_source_code') }}
                    + {{ half_last_digit('year.imports_usd', 'year.turnover_source_code') }}
                else {{ half_last_digit('year.turnover_usd', 'year.turnover_source_code') }}
            end as adds_up
        from months_of_year as months
        left join
            bilateral_turnover_year as year
            on months.reporter_code = year.reporter_code
            and months.partner_code = year.partner_code
            and months.year_number = year.year_number
            and year.turnover_basis = 'own'

    ),

    bilateral_month as (

        select
            levels.reporter_code,
            levels.partner_code,
            levels.period_code,
            levels.year_number,
            levels.period_start,
            levels.period_end,
            levels.period_months,
            levels.source_code,
            levels.exports_usd::decimal(18, 3) as exports_usd,
            levels.exports_rule,
            levels.exports_valuation_code,
            levels.imports_usd::decimal(18, 3) as imports_usd,
            levels.imports_rule,
            levels.imports_valuation_code,
            levels.turnover_usd,
            levels.turnover_rule,
            case
                when levels.turnover_usd is not null
                then levels.reporter_state
                when unpriced.reporter_code is not null
                then 'no_rate'
                else 'missing'
            end as turnover_state,
            missing.missing_months,
            years.months_usd,
            years.n_sources as n_month_sources,
            years.year_turnover_usd,
            years.year_source_code,
            case
                when missing.missing_months is null and years.is_one_source
                then (years.months_usd - years.year_turnover_usd)::decimal(18, 3)
            end as months_less_year_usd,
            case
                when missing.missing_months is not null
                then 'months_missing'
                when years.year_turnover_usd is null
                then 'no_year'
                when years.adds_up
                then 'adds_up'
                when not years.is_one_source
                then 'other_source'
                when years.is_converted
                then 'converted'
                else 'revised'
            end as year_state_code,
            other.turnover_usd as partner_reported_turnover_usd,
            case
                when levels.reporter_state = 'no_rate'
                then 'no_rate'
                when levels.reporter_state = 'missing'
                then 'none'
                when levels.turnover_usd is null and unpriced.reporter_code is not null
                then 'one_flow_no_rate'
                when levels.turnover_usd is null
                then 'one_flow_reported'
                else 'reported'
            end as state_code,
            levels.printed_difference_usd::decimal(18, 3) as turnover_ytd_difference_usd,
            case
                when levels.printed_rule = 'published_month' and levels.printed_difference_usd is not null
                then
                    abs(levels.printed_usd - levels.printed_difference_usd)
                    <= {{ rounding_tolerance('levels.source_code', "'USD'") }}
            end as agrees,
            ytd.value_usd as ytd_turnover_usd,
            case
                when
                    {{ is_measured_alike("'turnover'", 'levels', 'before') }} and not
                    {{ members_changed(
                        'levels.reporter_code', 'levels.partner_code', 'before.period_start', 'levels.period_end'
                    ) }}
                then {{ growth_pct('levels.turnover_usd', 'before.turnover_usd') }}
            end::decimal(18, 3) as turnover_yoy_pct,
            usd.yoy_pct as turnover_yoy_published_pct,
            cny.yoy_pct as turnover_yoy_published_cny_pct,
            levels.publication_id,
            levels.file_id,
            levels.line::bigint as line
        from with_silence as levels
        left join
            without_rate as unpriced
            on levels.reporter_code = unpriced.reporter_code
            and levels.partner_code = unpriced.partner_code
            and levels.period_code = unpriced.period_code
        left join
            missing
            on levels.reporter_code = missing.reporter_code
            and levels.partner_code = missing.partner_code
            and levels.year_number = missing.year_number
        left join
            years
            on levels.reporter_code = years.reporter_code
            and levels.partner_code = years.partner_code
            and levels.year_number = years.year_number
        left join
            levels as before
            on levels.reporter_code = before.reporter_code
            and levels.partner_code = before.partner_code
            and levels.source_code = before.source_code
            and levels.year_number = before.year_number + 1
            and levels.period_months = before.period_months
            and extract(month from levels.period_start) = extract(month from before.period_start)
        left join
            levels as other
            on levels.reporter_code = other.partner_code
            and levels.partner_code = other.reporter_code
            and levels.period_code = other.period_code
        left join
            {{ ref('trade_flow_period') }} as ytd
            on levels.reporter_code = ytd.reporter_code
            and levels.partner_code = ytd.partner_code
            and levels.source_code = ytd.source_code
            and levels.year_number = ytd.year_number
            and levels.period_end = ytd.period_end
            and extract(month from ytd.period_start) = 1
            and ytd.flow_code = 'T'
        {% for currency in ['usd', 'cny'] %}
            left join
                published_growth as {{ currency }}
                on levels.reporter_code = {{ currency }}.reporter_code
                and levels.partner_code = {{ currency }}.partner_code
                and replace(levels.period_code, '-M01M02', '-YTD02') = {{ currency }}.period_code
                and {{ currency }}.flow_code = 'T'
                and {{ currency }}.yoy_currency = '{{ currency | upper }}'
        {% endfor %}

    )

select *
from {{ shown_step('bilateral_month') }}
