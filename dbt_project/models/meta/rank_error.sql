-- How often a rank called certain was wrong, by hiding reports that are known: the warehouse's own error rate. By
-- what was hidden, measure, statistic and year; rankings of fewer than three partners, or with nothing hidden, say
-- nothing.
with
    rank_trial as materialized({{ rank_trial() }}),

    judged as (

        select
            *,
            rank_best = rank_worst as is_certain,
            case when rank_best = rank_worst then abs(rank_best - true_rank) else 0 end as n_places_off,
            count(*) over (partition by hidden_pct, reporter_code, year_number, measure) as n_partners
        from rank_trial
        where n_hidden > 0

    ),

    counted as (

        select
            hidden_pct,
            measure,
            statistic_code,
            year_number,
            count(*)::bigint as n_ranks,
            sum(case when is_certain then 1 else 0 end)::bigint as n_certain,
            sum(case when n_places_off > 0 then 1 else 0 end)::bigint as n_wrong,
            (100 * {{ ratio('sum(case when is_certain then 1 else 0 end)', 'count(*)') }})::decimal(
                9, 3
            ) as certain_pct,
            (
                100
                * {{ ratio('sum(case when n_places_off > 0 then 1 else 0 end)', 'sum(case when is_certain then 1 else 0 end)') }}
            )::decimal(9, 3) as wrong_pct,
            max(n_places_off)::bigint as most_places_off
        from judged
        where n_partners >= 3
        group by hidden_pct, measure, statistic_code, year_number

    ),

    -- Too often is more than 2 of 100, beyond chance, wherever fifty can be counted over all years and statistics.
    -- Chance is the normal bound of a binomial count that one trial in a thousand passes (3.09 standard deviations),
    -- since several trials are made and few ranks can be counted in a small warehouse.
    rank_error as (

        select
            *,
            sum(n_certain) over one_trial >= 50
            and sum(n_wrong) over one_trial
            > 0.02 * sum(n_certain) over one_trial
            + 3.09 * sqrt(0.02 * 0.98 * sum(n_certain) over one_trial) as is_too_often_wrong
        from counted
        window one_trial as (partition by hidden_pct, measure)

    )

select *
from {{ shown_step('rank_error') }}
