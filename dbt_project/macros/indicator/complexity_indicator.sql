{% macro complexity_indicator() %}
    -- Complexity and diversity of every economy the source knows; why an economy has none stands beside it, and how
    -- many are compared is the same for those without a score.
    with
        compared as (

            select source_code, period_code, max(n_economies) as n_economies
            from {{ ref('complexity_score') }}
            group by source_code, period_code

        ),

        reports as (

            select
                report.source_code,
                report.reporter_code,
                report.period_code,
                report.valuation_code,
                universe.n_areas,
                score.degree,
                score.score,
                coalesce(compared.n_economies, 0) as n_economies,
                case
                    {{ product_obstacles('report') }}
                    when report.product_level <> 'subheading'
                    then 'not_six_digits'
                    when universe.n_reporters < {{ min_reporters_of_a_world() }}
                    then 'world_too_small'
                    when score.degree is null
                    then 'too_small_or_no_advantage'
                end as null_reason
            from {{ ref('yearly_report') }} as report
            inner join {{ ref('yearly_universe') }} as universe using (source_code, flow_code, period_code)
            left join
                {{ ref('complexity_score') }} as score
                on report.source_code = score.source_code
                and report.period_code = score.period_code
                and report.reporter_code = score.code
                and score.side = 'economy'
            left join
                compared on report.source_code = compared.source_code and report.period_code = compared.period_code
            where report.flow_code = 'X'

        )

    {% for code, value in [('eci', 'score'), ('diversity', 'degree')] %}
        select
            source_code,
            reporter_code,
            {{ world_code() }} as partner_code,
            'X' as flow_code,
            'TOTAL' as product_key,
            period_code,
            '{{ code }}' as indicator_code,
            'subheading' as product_level,
            case when null_reason is null then {{ value }} end::double as value,
            cast(null as double) as numerator,
            cast(null as double) as denominator,
            n_economies as n_observed,
            0::bigint as n_implied_zero,
            n_areas - n_economies as n_missing,
            valuation_code,
            coalesce(null_reason, case when {{ value }} is null then 'not_connected' end) as null_reason
        from reports {{ 'union all' if not loop.last }}
    {% endfor %}
{% endmacro %}
