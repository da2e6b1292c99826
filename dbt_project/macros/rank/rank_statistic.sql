{% macro rank_statistic() %}
    -- The one statistic a ranking stands on: of the statistics of a reporter that name a partner that year and are in
    -- the unit they claim, one that names all partners, else the one that names most. Whether it names all of them, so
    -- that who is not in it traded nothing, is what the source says.
    with
        complete as (

            select
                report.reporter_code,
                report.year_number,
                source.statistic_code,
                count(distinct report.flow_code) filter (where report.flow_code = 'X') as n_exports,
                count(distinct report.flow_code) filter (where report.flow_code = 'M') as n_imports
            from ({{ complete_yearly_reports() }}) as report
            inner join {{ ref('dim_source') }} as source on report.source_code = source.source_code
            group by report.reporter_code, report.year_number, source.statistic_code

        ),

        in_another_unit as (select * from ({{ statistic_in_another_unit() }}) as statistic),

        named as (

            select
                reporter_code,
                year_number,
                measure,
                statistic_code,
                min(source_priority) as source_priority,
                count(*) as n_partners,
                sum(value_usd) as named_usd
            from partner_report
            anti join in_another_unit using (reporter_code, year_number, measure, statistic_code)
            where partner_kind = 'economy'
            group by reporter_code, year_number, measure, statistic_code

        ),

        judged as (

            select
                named.*,
                coalesce(
                    case
                        named.measure
                        when 'exports'
                        then complete.n_exports = 1
                        when 'imports'
                        then complete.n_imports = 1
                        else complete.n_exports + complete.n_imports = 2
                    end,
                    false
                ) as names_all_partners
            from named
            left join
                complete
                on named.reporter_code = complete.reporter_code
                and named.year_number = complete.year_number
                and named.statistic_code = complete.statistic_code

        )

    select
        reporter_code,
        year_number::integer as year_number,
        measure,
        statistic_code,
        n_partners::bigint as n_partners,
        names_all_partners
    from judged
    qualify
        row_number() over (
            partition by reporter_code, year_number, measure
            order by
                names_all_partners desc,
                n_partners desc,
                named_usd desc,
                source_priority nulls last,
                statistic_code nulls last
        )
        = 1
{% endmacro %}
