-- How far the pair has come towards every announced target, by the statistic of either side.
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
            max(years.year_number) filter (where years.year_number < targets.announced_year) as base_year,
            min(years.year_number) filter (
                where years.turnover_usd >= targets.target_low_usd and years.year_number >= targets.announced_year
            ) as year_reached
        from years
        inner join targets on years.target_id = targets.target_id
        group by years.target_id, years.reporter_code

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
    progress.year_reached::integer as year_reached,
    progress.year_reached is not null as is_reached,
    case
        when targets.due_year is null or progress.latest_year is null
        then null
        when progress.year_reached is not null
        then progress.year_reached <= targets.due_year
        when progress.latest_year >= targets.due_year
        then false
    end as is_reached_by_due,
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
