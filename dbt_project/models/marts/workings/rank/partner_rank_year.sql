-- Best and worst rank a partner can have in one year, given what is known of every other partner.
with
    counted as (

        select
            perimeter_code,
            reporter_code,
            year_number,
            measure,
            count(*) as n_universe,
            count(*) filter (where value_state = 'observed') as n_partners_observed,
            count(*) filter (where value_state = 'implied_zero') as n_implied_zero,
            count(*) filter (where value_state = 'bounded') as n_partners_bounded,
            count(*) filter (where value_state = 'mirror_only') as n_mirror_only,
            count(*) filter (where value_state = 'missing') as n_missing,
            count(*) filter (where is_partly_mirrored) as n_mirrored
        from {{ ref('partner_rivals') }}
        group by perimeter_code, reporter_code, year_number, measure

    )

select
    rivals.reporter_code,
    rivals.partner_code,
    rivals.year_number,
    rivals.perimeter_code,
    rivals.measure,
    rivals.value_state,
    rivals.rank_basis,
    rivals.value_usd,
    rivals.low_usd,
    rivals.high_usd,
    case
        when rivals.n_surely_above = rivals.n_possibly_above and rivals.rank_basis = 'own'
        then 1 + rivals.n_surely_above
    end::bigint as rank,
    (1 + rivals.n_surely_above)::bigint as rank_best,
    (1 + rivals.n_possibly_above)::bigint as rank_worst,
    rivals.unallocated_usd,
    (1 + rivals.n_above_if_unallocated)::bigint as rank_worst_if_unallocated,
    coalesce(
        rivals.rank_basis = 'own'
        and rivals.n_surely_above = rivals.n_possibly_above
        and rivals.n_surely_above = rivals.n_above_if_unallocated,
        false
    ) as rank_is_certain,
    case
        when rivals.value_usd is not null
        then
            rank() over (
                partition by rivals.perimeter_code, rivals.reporter_code, rivals.year_number, rivals.measure
                order by rivals.value_usd desc nulls last
            )
    end::bigint as rank_naive,
    counted.n_universe,
    counted.n_partners_observed,
    counted.n_implied_zero,
    counted.n_partners_bounded,
    counted.n_mirror_only,
    counted.n_missing,
    counted.n_mirrored
from {{ ref('partner_rivals') }} as rivals
inner join
    counted
    on rivals.perimeter_code = counted.perimeter_code
    and rivals.reporter_code = counted.reporter_code
    and rivals.year_number = counted.year_number
    and rivals.measure = counted.measure
