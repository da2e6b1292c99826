{% macro rank_universe() %}
    -- The economies a ranking counts, by what is known of them: all that existed in the year, but the reporter and
    -- those the perimeter leaves out. An economy never seen in the reporter's trade has none where its report names
    -- all partners, and is missing elsewhere.
    with
        -- one row without an excluded area stands for those not left out
        perimeters as (

            select perimeter.perimeter_code, area.area_code, area.valid_from, area.valid_to
            from (select distinct perimeter_code from {{ ref('dim_rank_perimeter') }}) as perimeter
            inner join {{ ref('dim_area') }} as area on area.is_economy
            left join
                {{ ref('dim_rank_perimeter') }} as excluded
                on perimeter.perimeter_code = excluded.perimeter_code
                and area.area_code = excluded.excluded_area_code
            where excluded.excluded_area_code is null

        ),

        economies as (

            select perimeters.perimeter_code, years.year_number, count(*) as n_economies
            from (select distinct year_number from {{ ref('partner_value_interval') }}) as years
            inner join perimeters on {{ existed('perimeters', 'years.year_number') }}
            group by perimeters.perimeter_code, years.year_number

        ),

        counted as (

            select
                perimeters.perimeter_code,
                seen.reporter_code,
                seen.year_number,
                seen.measure,
                count(*) as n_seen,
                count(*) filter (where {{ existed('perimeters', 'seen.year_number') }}) as n_seen_of_the_year,
                {% for state in ['observed', 'implied_zero', 'bounded', 'mirror_only', 'missing'] %}
                    count(*) filter (where seen.value_state = '{{ state }}') as n_{{ state }},
                {% endfor %}
                count(*) filter (where seen.is_partly_mirrored) as n_mirrored,
                count(*) filter (where seen.is_of_other_statistic) as n_other_statistic
            from {{ ref('partner_value_interval') }} as seen
            inner join perimeters on seen.partner_code = perimeters.area_code
            group by perimeters.perimeter_code, seen.reporter_code, seen.year_number, seen.measure

        ),

        rankings as (

            select
                counted.*,
                ranking.statistic_code,
                coalesce(ranking.names_all_partners, false) as names_all_partners,
                economies.n_economies
                - counted.n_seen_of_the_year
                - case when reporter.area_code is not null then 1 else 0 end as n_unseen
            from counted
            inner join
                economies
                on counted.perimeter_code = economies.perimeter_code
                and counted.year_number = economies.year_number
            left join
                perimeters as reporter
                on counted.perimeter_code = reporter.perimeter_code
                and counted.reporter_code = reporter.area_code
                and {{ existed('reporter', 'counted.year_number') }}
            left join
                {{ ref('rank_statistic') }} as ranking
                on counted.reporter_code = ranking.reporter_code
                and counted.year_number = ranking.year_number
                and counted.measure = ranking.measure

        )

    select
        perimeter_code,
        reporter_code,
        year_number,
        measure,
        statistic_code,
        case when statistic_code is null then 'mirror' else 'own' end as rank_basis,
        (n_seen + n_unseen)::bigint as n_universe,
        n_observed::bigint as n_partners_observed,
        (n_implied_zero + case when names_all_partners then n_unseen else 0 end)::bigint as n_implied_zero,
        n_bounded::bigint as n_partners_bounded,
        n_mirror_only::bigint as n_mirror_only,
        (n_missing + case when names_all_partners then 0 else n_unseen end)::bigint as n_missing,
        n_mirrored::bigint as n_mirrored,
        n_other_statistic::bigint as n_other_statistic,
        n_seen::bigint as n_seen,
        n_unseen::bigint as n_never_seen
    from rankings
{% endmacro %}
