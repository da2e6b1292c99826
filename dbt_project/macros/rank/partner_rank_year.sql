{% macro partner_rank_year() %}
    -- Best and worst rank a partner can have in one year among all economies that existed then, given the interval of
    -- every other. Economies nobody reports are above as far as the reporter's total allows, all of them where it is
    -- not known.
    -- Reason for size: every column a place can be followed by stands beside it.
    with
        rivals as (

            select
                rivals.*,
                universe.n_universe,
                universe.n_never_seen,
                rivals.n_possibly_above
                + case when rivals.may_unseen_be_above then universe.n_never_seen else 0 end as n_between
            from partner_rivals as rivals
            inner join
                rank_universe as universe
                on rivals.perimeter_code = universe.perimeter_code
                and rivals.reporter_code = universe.reporter_code
                and rivals.year_number = universe.year_number
                and rivals.measure = universe.measure

        ),

        -- trade without a named partner may go to whom the total leaves too little, to whom falls short, or to one the
        -- report does not name
        worst as (

            select
                *,
                1 + n_above_at_least + least(n_between, coalesce(n_most_above, n_between)) as rank_worst,
                1
                + n_above_at_least
                + least(n_between, coalesce(n_most_above_if_unallocated, n_between))
                + n_passing_if_unallocated
                + case
                    when may_unseen_be_above
                    then 0
                    else least(n_never_seen, coalesce(n_unseen_if_unallocated, n_never_seen))
                end as rank_worst_if_all_pass
            from rivals

        ),

        places as (

            select
                *,
                1 + n_certainly_above as rank_best,
                1 + n_certainly_above_if_unallocated as rank_best_if_unallocated,
                case
                    when pool_usd > 0 then least(n_universe, rank_worst_if_all_pass) else rank_worst
                end as rank_worst_if_unallocated
            from worst

        )

    select
        seen.reporter_code,
        seen.partner_code,
        seen.year_number,
        universe.perimeter_code,
        seen.measure,
        seen.value_state,
        universe.rank_basis,
        universe.statistic_code,
        seen.value_source_code,
        seen.is_of_other_statistic,
        seen.is_partly_mirrored,
        seen.value_usd,
        neighbour.estimate_usd,
        -- what no trade reaches bounds nothing, and is no figure to be printed
        case
            when coalesce(seen.high_usd, 0) < {{ more_than_any_pair_usd() }} or seen.low_usd > 0 then seen.low_usd
        end as low_usd,
        case
            when seen.high_usd < {{ more_than_any_pair_usd() }} or seen.value_usd is not null then seen.high_usd
        end as high_usd,
        case when places.rank_best = places.rank_worst then places.rank_best end::bigint as rank,
        places.rank_best::bigint as rank_best,
        places.rank_worst::bigint as rank_worst,
        case when universe.rank_basis = 'own' then places.unallocated_usd end as unallocated_usd,
        places.rank_best_if_unallocated::bigint as rank_best_if_unallocated,
        places.rank_worst_if_unallocated::bigint as rank_worst_if_unallocated,
        coalesce(places.rank_best_if_unallocated = places.rank_worst_if_unallocated, false) as rank_is_certain,
        coalesce(neighbour.rests_on_mirror, false) as rests_on_mirror,
        neighbour.nearest_pct,
        case
            when seen.value_usd is not null
            then
                rank() over (
                    partition by universe.perimeter_code, seen.reporter_code, seen.year_number, seen.measure
                    order by seen.value_usd desc nulls last
                )
        end::bigint as rank_naive,
        universe.n_universe,
        universe.n_partners_observed,
        universe.n_implied_zero,
        universe.n_partners_bounded,
        universe.n_mirror_only,
        universe.n_missing,
        universe.n_mirrored,
        universe.n_other_statistic,
        universe.n_seen,
        places.rest_usd
    from {{ ref('partner_value_interval') }} as seen
    inner join
        rank_universe as universe
        on seen.reporter_code = universe.reporter_code
        and seen.year_number = universe.year_number
        and seen.measure = universe.measure
    left join
        {{ ref('dim_rank_perimeter') }} as excluded
        on universe.perimeter_code = excluded.perimeter_code
        and seen.partner_code = excluded.excluded_area_code
    left join
        places
        on universe.perimeter_code = places.perimeter_code
        and seen.reporter_code = places.reporter_code
        and seen.partner_code = places.partner_code
        and seen.year_number = places.year_number
        and seen.measure = places.measure
    left join
        partner_neighbour as neighbour
        on seen.reporter_code = neighbour.reporter_code
        and seen.partner_code = neighbour.partner_code
        and seen.year_number = neighbour.year_number
        and seen.measure = neighbour.measure
    where excluded.excluded_area_code is null
{% endmacro %}
