-- Every economy is counted in one state, those nobody reports get no rank, and a rank is one only where the best and
-- the worst place agree; streaks that are certain are no longer than those that may be.
with
    ranks as (

        select
            *,
            count(*) over (partition by reporter_code, year_number, perimeter_code, measure) as n_rows,
            n_partners_observed + n_implied_zero + n_partners_bounded + n_mirror_only + n_missing as n_counted
        from {{ ref('partner_rank') }}

    ),

    judged as (

        select
            *,
            n_counted = n_universe and n_rows = n_seen and n_seen <= n_universe as all_are_counted,
            case
                when value_state = 'missing'
                then rank is null and rank_best is null and rank_worst is null and value_usd is null
                else
                    rank_best_if_unallocated >= 1
                    and rank_best_if_unallocated <= rank_best
                    and rank_best <= rank_worst
                    and rank_worst <= rank_worst_if_unallocated
                    and coalesce(low_usd <= high_usd, value_usd is null)
            end as only_what_is_known_has_a_place,
            coalesce(rank_worst_if_unallocated <= n_universe, true) as places_are_in_the_universe,
            (rank is not null) = coalesce(rank_best = rank_worst, false)
            and coalesce(rank = rank_best, true) as a_rank_is_one,
            rank_is_certain
            = coalesce(rank_best_if_unallocated = rank_worst_if_unallocated, false) as certainty_counts_the_unallocated,
            (rank_naive is null) = (value_usd is null) as naive_ranks_are_of_values,
            coalesce(streak_at_least_if_unallocated <= streak_at_least, true)
            and coalesce(streak_at_least <= streak_at_most, true)
            and coalesce(streak_at_most <= streak_at_most_if_unallocated, true) as streaks_are_in_order
        from ranks

    )

select *
from judged
where
    not (
        all_are_counted
        and coalesce(only_what_is_known_has_a_place, false)
        and places_are_in_the_universe
        and a_rank_is_one
        and certainty_counts_the_unallocated
        and naive_ranks_are_of_values
        and streaks_are_in_order
    )
