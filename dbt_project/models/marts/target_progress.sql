-- How far the pair has come towards every announced target, by the statistic of either side. A year without a report
-- of the side may be the one the target was reached in, so it leaves open what the loaded years do not settle.
-- Reason for size: the years that count and those that are missing stand beside the figures they judge.
with
    targets as (

        select *, try_cast(substr(announced_text, 1, 4) as integer) as announced_year from {{ ref('fct_trade_target') }}

    ),

    sides as (

        select target_id, subject_code as reporter_code, counterpart_code as partner_code
        from targets
        union
        select target_id, counterpart_code, subject_code
        from targets

    ),

    -- what the side itself reported; a mirrored year is the other side's statistic
    years as (

        select sides.target_id, sides.reporter_code, trade.year_number, trade.turnover_usd
        from sides
        inner join
            {{ ref('bilateral_year') }} as trade
            on sides.reporter_code = trade.reporter_code
            and sides.partner_code = trade.partner_code
        where trade.turnover_basis = 'own'

    ),

    progress as (

        select
            years.target_id,
            years.reporter_code,
            max(years.year_number) as latest_year,
            max(years.turnover_usd) filter (where years.year_number = targets.due_year) as value_at_due_year_usd,
            max(years.year_number) filter (where years.year_number < targets.announced_year) as base_year
        from years
        inner join targets on years.target_id = targets.target_id
        group by years.target_id, years.reporter_code

    ),

    -- every year from the announcement to the last one any economy reported, with the side's own report or none
    years_since as (

        select
            sides.target_id,
            sides.reporter_code,
            period.year_number,
            years.turnover_usd is null as is_missing,
            years.turnover_usd >= targets.target_low_usd as is_enough,
            period.year_number <= targets.due_year as is_in_time
        from sides
        inner join targets on sides.target_id = targets.target_id
        cross join
            (
                select max(year_number) as last_year from {{ ref('bilateral_year') }} where turnover_basis = 'own'
            ) as reported
        inner join
            {{ ref('dim_period') }} as period
            on period.freq_code = 'A'
            and period.year_number between targets.announced_year and reported.last_year
        left join
            years
            on sides.target_id = years.target_id
            and sides.reporter_code = years.reporter_code
            and period.year_number = years.year_number

    ),

    outcome as (

        select
            target_id,
            reporter_code,
            max(year_number) as last_year,
            min(year_number) filter (where is_enough) as year_reached,
            count(*) filter (where is_missing) as n_missing_years,
            count(*) filter (where is_missing and is_in_time) as n_missing_in_time,
            min(year_number) filter (where is_missing) as first_missing_year,
            max(year_number) filter (where is_missing) as last_missing_year,
            max(year_number) filter (where not is_missing) as last_known_year
        from years_since
        group by target_id, reporter_code

    )

select
    targets.target_id,
    sides.reporter_code,
    sides.partner_code,
    targets.measure,
    targets.target_low_usd::decimal(18, 3) as target_low_usd,
    targets.target_high_usd::decimal(18, 3) as target_high_usd,
    targets.due_year::integer as due_year,
    targets.announced_text,
    targets.announced_year::integer as announced_year,
    targets.announced_by,
    progress.base_year::integer as base_year,
    base.turnover_usd as base_usd,
    progress.latest_year::integer as latest_year,
    latest.turnover_usd as latest_usd,
    progress.value_at_due_year_usd,
    (100 * {{ ratio('latest.turnover_usd', 'targets.target_low_usd') }})::decimal(18, 3) as progress_pct,
    outcome.year_reached::integer as year_reached,
    partner_outcome.year_reached::integer as partner_year_reached,
    outcome.n_missing_years,
    case when outcome.year_reached is not null then true when outcome.n_missing_years = 0 then false end as is_reached,
    case
        when outcome.year_reached <= targets.due_year
        then true
        when targets.due_year <= outcome.last_year and outcome.n_missing_in_time = 0
        then false
    end as is_reached_by_due,
    case
        when outcome.n_missing_in_time = 0 and outcome.year_reached > targets.due_year
        then (outcome.year_reached - targets.due_year)::integer
    end as n_years_late,
    outcome.last_known_year::integer as last_known_year,
    outcome.first_missing_year::integer as first_missing_year,
    outcome.last_missing_year::integer as last_missing_year,
    case
        when outcome.last_year is null
        then 'no_year'
        when outcome.year_reached <= coalesce(targets.due_year, outcome.year_reached)
        then 'reached'
        when outcome.year_reached is not null and outcome.n_missing_in_time > 0
        then 'reached_after_gap'
        when outcome.year_reached = targets.due_year + 1
        then 'reached_one_year_late'
        when outcome.year_reached is not null
        then 'reached_late'
        when outcome.n_missing_years = 0
        then 'not_reached'
        when outcome.last_known_year < outcome.first_missing_year
        then 'unknown_since'
        when outcome.last_known_year is not null
        then 'unknown_between'
        else 'unknown'
    end as outcome_code,
    (
        100 * (
            power(
                {{ ratio('targets.target_low_usd', 'base.turnover_usd') }},
                {{ ratio('1', 'targets.due_year - progress.base_year') }}
            )
            - 1
        )
    )::decimal(18, 3) as required_cagr_pct,
    targets.publication_id,
    targets.file_id,
    targets.line::bigint as line
from targets
inner join sides on targets.target_id = sides.target_id
left join progress on sides.target_id = progress.target_id and sides.reporter_code = progress.reporter_code
left join outcome on sides.target_id = outcome.target_id and sides.reporter_code = outcome.reporter_code
left join
    outcome as partner_outcome
    on sides.target_id = partner_outcome.target_id
    and sides.partner_code = partner_outcome.reporter_code
left join
    years as base
    on sides.target_id = base.target_id
    and sides.reporter_code = base.reporter_code
    and progress.base_year = base.year_number
left join
    years as latest
    on sides.target_id = latest.target_id
    and sides.reporter_code = latest.reporter_code
    and progress.latest_year = latest.year_number
