-- The most a reporter traded with the World in a year: its own total, of the ranking's statistic first, or of the
-- years around it, both ways; a World its own partners contradict is no total. With the trade it gives no partner by
-- name, and the most of a partner not on its list of the largest.
-- Reason for size: one question asked of several sources of it, each in a step of its own.
{%- set n_figures = "case measures.measure when 'turnover' then 2 else 1 end" %}
{%- set kinds = [('total', 'world', 'max'), ('self', 'self', 'sum'), ('named', 'economy', 'sum')] %}
{%- set line = 'partition by reporter_code, measure order by year_number' %}
with
    partner_report as materialized({{ partner_report() }}),

    top_list_bound as materialized({{ top_list_bound() }}),

    -- what goes to no named partner is turnover even where only one flow does
    by_statistic as (

        select
            report.reporter_code,
            measures.measure,
            report.year_number,
            report.statistic_code,
            {% for name, kind, function in kinds %}
                {{ function }} (
                    case
                        when report.partner_kind = '{{ kind }}' and report.measure = measures.measure
                        then report.value_usd
                    end
                ) as {{ name }}_usd,
            {% endfor %}
            sum(
                case when report.partner_kind = 'unallocated' and report.measure <> 'turnover' then report.value_usd end
            ) as unallocated_usd,
            {{ rounding_of_sum('report.value_usd', n_figures, 'report.measure = measures.measure') }} as rounding_usd
        from partner_report as report
        inner join
            (
                values
                    ('turnover', 'turnover'),
                    ('exports', 'turnover'),
                    ('imports', 'turnover'),
                    ('exports', 'exports'),
                    ('imports', 'imports')
            ) as measures(reported_measure, measure)
            on report.measure = measures.reported_measure
        group by report.reporter_code, measures.measure, report.year_number, report.statistic_code

    ),

    -- what a reporter trades with itself goes to no partner; a World below its own partners, by more than the rounding
    -- of what is printed, is not their total, and makes no turnover either
    judged as (

        select
            reporter_code,
            measure,
            year_number,
            statistic_code,
            unallocated_usd,
            coalesce(named_usd, 0) + coalesce(unallocated_usd, 0) as least_usd,
            total_usd - coalesce(self_usd, 0) as total_usd,
            coalesce(
                total_usd - coalesce(self_usd, 0) + rounding_usd
                < coalesce(named_usd, 0) + coalesce(unallocated_usd, 0),
                false
            ) as is_contradicted
        from by_statistic

    ),

    sound as (

        select
            judged.*,
            case
                when
                    is_contradicted
                    or (
                        measure = 'turnover'
                        and bool_or(is_contradicted) over (partition by reporter_code, year_number, statistic_code)
                    )
                then null
                when total_usd is not null
                then greatest(total_usd, least_usd)
            end as sound_usd
        from judged

    ),

    -- what the ranking's own statistic does not say, the largest that another one says; a total of another one is as
    -- wide as statistics of one reporter differ
    stated as (

        select
            report.reporter_code,
            report.measure,
            report.year_number,
            max(case when report.statistic_code = ranking.statistic_code then report.sound_usd end) as own_total_usd,
            max(report.sound_usd) * exp({{ statistic_width() }}) as other_total_usd,
            coalesce(
                max(case when report.statistic_code = ranking.statistic_code then report.unallocated_usd end),
                max(report.unallocated_usd)
            ) as unallocated_usd
        from sound as report
        left join
            {{ ref('rank_statistic') }} as ranking
            on report.reporter_code = ranking.reporter_code
            and report.measure = ranking.measure
            and report.year_number = ranking.year_number
        group by report.reporter_code, report.measure, report.year_number

    ),

    -- whoever is not on a list of the largest partners has less than the last of it
    lists as (

        select
            reporter_code, year_number, case flow_code when 'X' then 'exports' else 'imports' end as measure, bound_usd
        from top_list_bound
        union all
        select reporter_code, year_number, 'turnover', sum(bound_usd)
        from top_list_bound
        group by reporter_code, year_number
        having count(*) = 2

    ),

    years as (

        select
            ranked.*,
            lists.bound_usd,
            stated.unallocated_usd,
            coalesce(stated.own_total_usd, stated.other_total_usd) as total_usd,
            stated.own_total_usd is not null as is_reported
        from (select distinct reporter_code, measure, year_number from ({{ ranked_partners() }}) as partners) as ranked
        left join
            stated
            on ranked.reporter_code = stated.reporter_code
            and ranked.measure = stated.measure
            and ranked.year_number = stated.year_number
        left join
            lists
            on ranked.reporter_code = lists.reporter_code
            and ranked.measure = lists.measure
            and ranked.year_number = lists.year_number

    ),

    neighbours as (

        select
            *,
            {% for side, nearest, frame in [
                ('before', 'last_value', 'unbounded preceding and 1 preceding'),
                ('after', 'first_value', '1 following and unbounded following'),
            ] %}
                {{ nearest }} (total_usd ignore nulls) over ({{ line }} rows between {{ frame }}) as {{ side }}_usd,
                {{ nearest }} (case when total_usd is not null then year_number end ignore nulls) over (
                    {{ line }} rows between {{ frame }}
                ) as {{ side }}_year{{ ',' if not loop.last }}
            {% endfor %}
        from years

    ),

    reporter_total_bound as (

        select
            reporter_code,
            measure,
            year_number,
            is_reported,
            unallocated_usd::decimal(18, 3) as unallocated_usd,
            bound_usd::decimal(18, 3) as most_of_one_usd,
            coalesce(
                total_usd,
                case
                    when before_usd is not null or after_usd is not null
                    then
                        least(
                            1e14,
                            coalesce(before_usd * exp({{ total_growth() }} * (year_number - before_year)), 1e14),
                            coalesce(after_usd * exp({{ total_growth() }} * (after_year - year_number)), 1e14)
                        )
                end
            )::decimal(18, 3) as most_usd
        from neighbours

    )

select *
from {{ shown_step('reporter_total_bound') }}
