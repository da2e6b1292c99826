{% macro claim_evidence_rank() %}
    -- Ranks: certain where best and worst rank give the same answer whoever the trade without a named partner belonged
    -- to, possible where only one does or where the answer depends on which economies are counted as partners of their
    -- own.
    -- Reason for size: the sentence on a rank needs its perimeters and what is missing beside it.
    with
        claims as (

            select side.*, extract(year from side.claimed_start)::integer as claimed_year
            from {{ ref('claim_side') }} as side
            where
                side.statement_kind = 'rank'
                and side.claimed_months = 12
                and {{ is_comparison_known('side.statement_kind', 'side.comparator') }}

        ),

        tested as (

            select
                claims.statement_id,
                claims.reporter_code,
                claims.reporter_name,
                claims.partner_name,
                claims.is_cited_reporter,
                claims.unit_code,
                claims.measure,
                ranks.year_number,
                ranks.perimeter_code,
                ranks.rank_best,
                ranks.rank_worst,
                ranks.rank_best_if_unallocated,
                ranks.rank_worst_if_unallocated,
                ranks.rank_naive,
                ranks.n_universe,
                ranks.n_mirrored,
                ranks.n_partners_bounded + ranks.n_mirror_only + ranks.n_missing as n_unreported,
                ranks.n_mirror_only,
                ranks.rests_on_mirror,
                ranks.nearest_pct,
                ranks.file_id,
                ranks.line,
                ranks.publication_id,
                ranks.year_number
                between claims.claimed_year and extract(year from claims.claimed_end) as is_claimed_period,
                case
                    claims.comparator
                    when 'at_most'
                    then ranks.rank_worst_if_unallocated <= claims.claimed_value
                    when 'not_at_most'
                    then ranks.rank_best_if_unallocated > claims.claimed_value
                    when 'range'
                    then
                        ranks.rank_best_if_unallocated >= claims.claimed_value
                        and ranks.rank_worst_if_unallocated <= claims.accepted_high
                    else
                        ranks.rank_best_if_unallocated = claims.claimed_value
                        and ranks.rank_worst_if_unallocated = claims.claimed_value
                end as is_certain,
                case
                    claims.comparator
                    when 'at_most'
                    then ranks.rank_best_if_unallocated <= claims.claimed_value
                    when 'not_at_most'
                    then ranks.rank_worst_if_unallocated > claims.claimed_value
                    when 'range'
                    then
                        ranks.rank_best_if_unallocated <= claims.accepted_high
                        and ranks.rank_worst_if_unallocated >= claims.claimed_value
                    else claims.claimed_value between ranks.rank_best_if_unallocated and ranks.rank_worst_if_unallocated
                end as is_possible,
                {{ place_text('ranks.rank_best', 'ranks.rank_worst') }} as rank_text
            from claims
            inner join
                (
                    select
                        place.*,
                        case
                            place.measure
                            when 'exports'
                            then level.exports_file_id
                            when 'imports'
                            then level.imports_file_id
                            else level.file_id
                        end as file_id,
                        case
                            place.measure
                            when 'exports'
                            then level.exports_line
                            when 'imports'
                            then level.imports_line
                            else level.line
                        end as line,
                        case when place.measure = 'turnover' then level.publication_id end as publication_id
                    from {{ ref('partner_rank') }} as place
                    left join
                        {{ ref('bilateral_year') }} as level
                        on place.reporter_code = level.reporter_code
                        and place.partner_code = level.partner_code
                        and place.year_number = level.year_number
                ) as ranks
                on claims.reporter_code = ranks.reporter_code
                and claims.partner_code = ranks.partner_code
                and claims.measure = ranks.measure
                and ranks.year_number
                between claims.claimed_year
                - {{ nearby_years() }} and extract(year from claims.claimed_end)
                + {{ nearby_years() }}
            where ranks.rank_best is not null

        ),

        -- told are those that make a difference
        other_perimeters as (

            select
                tested.statement_id,
                tested.year_number,
                bool_or(tested.is_possible) as is_possible,
                {{ text_list(
            "case when tested.rank_text <> main.rank_text then tested.rank_text || ' ' || perimeter.perimeter_name end",
            'tested.perimeter_code',
        ) }} as rank_text
            from tested
            inner join
                tested as main
                on tested.statement_id = main.statement_id
                and tested.year_number = main.year_number
                and main.perimeter_code = 'all'
            inner join
                (select distinct perimeter_code, perimeter_name from {{ ref('dim_rank_perimeter') }}) as perimeter
                on tested.perimeter_code = perimeter.perimeter_code
            where tested.perimeter_code <> 'all'
            group by tested.statement_id, tested.year_number

        )

    select
        main.statement_id,
        main.reporter_code,
        main.year_number::varchar as period_code,
        main.is_claimed_period,
        main.is_cited_reporter,
        case when main.rank_best_if_unallocated = main.rank_worst_if_unallocated then main.rank_best end::decimal(
            18, 6
        ) as found_value,
        main.rank_best_if_unallocated::decimal(18, 6) as found_low,
        main.rank_worst_if_unallocated::decimal(18, 6) as found_high,
        main.unit_code,
        null::varchar as source_code,
        'partner_rank' as found_rule,
        main.is_certain as fits,
        coalesce(main.is_possible, false)
        or (main.is_claimed_period and coalesce(other.is_possible, false)) as is_possible,
        'In '
        || main.year_number::varchar
        || ' '
        || main.partner_name
        || ' ranked '
        || main.rank_text
        || ' among the '
        || main.n_universe::varchar
        || ' partners of '
        || main.reporter_name
        || {{ by_flow_text('main.measure') }}
        || coalesce(' (' || other.rank_text || ')', '')
        || '.'
        || case
            when main.n_unreported > 0
            then
                ' No full report of '
                || {{ counted('main.n_unreported', 'partner') }}
                || ' is loaded'
                || case
                    when main.n_unreported = 1 and main.n_mirror_only = 1
                    then '; it is known by its own figures'
                    when main.n_mirror_only = 1
                    then '; 1 of them is known by its own figures'
                    when main.n_mirror_only > 1
                    then '; ' || main.n_mirror_only::varchar || ' of them are known by their own figures'
                    else ''
                end
                || '.'
            else ''
        end
        || case
            when main.n_mirrored > 0
            then
                ' '
                || {{ counted('main.n_mirrored', 'partner') }}
                || case
                    when main.n_mirrored = 1
                    then ' is counted partly by its own figures.'
                    else ' are counted partly by their own figures.'
                end
            else ''
        end
        || case
            when main.rests_on_mirror and main.nearest_pct < 10
            then
                ' The next partner, by its own figures, is within ' || ceil(main.nearest_pct)::integer::varchar || ' %.'
            else ''
        end
        || {{ place_if_unallocated_text('main') }}
        || case
            when main.rank_best < main.rank_worst
            then coalesce(' By the loaded reports alone it would rank ' || {{ ordinal('main.rank_naive') }} || '.', '')
            else ''
        end as finding,
        main.publication_id,
        main.file_id,
        main.line::bigint as line
    from tested as main
    left join
        other_perimeters as other on main.statement_id = other.statement_id and main.year_number = other.year_number
    where main.perimeter_code = 'all'
{% endmacro %}
