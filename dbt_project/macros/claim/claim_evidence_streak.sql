{% macro claim_evidence_streak() %}
    -- First place: how long it has certainly and possibly lasted, and the year it was taken; by the last
    -- year of the claim, or the last one before it that could be ranked.
    -- Reason for size: the sentence on a streak needs its bounds and open years beside it.
    with
        claims as (

            select
                side.*,
                extract(year from side.claimed_end)::integer as last_year,
                case
                    when side.unit_code = 'year'
                    then extract(year from side.claimed_end) - side.claimed_value + 1
                    else side.claimed_value
                end as claimed_years
            from {{ ref('claim_side') }} as side
            where
                side.claimed_months = 12
                and (side.statement_kind = 'streak' or (side.statement_kind = 'event' and side.measure = 'turnover'))
                and {{ is_comparison_known('side.statement_kind', 'side.comparator') }}

        ),

        ranked as (

            select
                claims.*,
                place.year_number,
                place.streak_at_least,
                place.streak_at_most,
                place.streak_at_least_if_unallocated,
                place.streak_at_most_if_unallocated,
                place.streak_open_years,
                place.rank_best,
                place.rank_worst,
                place.rank_best_if_unallocated,
                place.rank_worst_if_unallocated,
                before.rank_best as best_before,
                before.rank_worst as worst_before,
                before.rank_best_if_unallocated as best_before_if_unallocated,
                before.rank_worst_if_unallocated as worst_before_if_unallocated,
                min(place.year_number) over (partition by claims.statement_id) as first_year,
                level.publication_id,
                level.file_id,
                level.line
            from claims
            inner join
                {{ ref('partner_rank') }} as place
                on claims.reporter_code = place.reporter_code
                and claims.partner_code = place.partner_code
                and claims.measure = place.measure
                and claims.last_year >= place.year_number
            left join
                {{ ref('partner_rank') }} as before
                on place.reporter_code = before.reporter_code
                and place.partner_code = before.partner_code
                and place.measure = before.measure
                and place.perimeter_code = before.perimeter_code
                and place.year_number = before.year_number + 1
            left join
                {{ ref('bilateral_year') }} as level
                on place.reporter_code = level.reporter_code
                and place.partner_code = level.partner_code
                and place.year_number = level.year_number
            where place.perimeter_code = 'all' and place.rank_best is not null
            qualify row_number() over (partition by claims.statement_id order by place.year_number desc nulls last) = 1

        ),

        -- how long a first place lasted before the first year that can be ranked, nobody knows
        reaching as (

            select
                *,
                streak_at_most_if_unallocated > 0
                and year_number - streak_at_most_if_unallocated < first_year as reaches_first_year
            from ranked

        )

    select
        statement_id,
        reporter_code,
        year_number::varchar as period_code,
        year_number = last_year as is_claimed_period,
        is_cited_reporter,
        case
            when statement_kind = 'event'
            then year_number
            when streak_at_least_if_unallocated = streak_at_most_if_unallocated
            then streak_at_least
        end::decimal(18, 6) as found_value,
        case
            when statement_kind = 'event' then rank_best_if_unallocated else streak_at_least_if_unallocated
        end::decimal(18, 6) as found_low,
        case
            when statement_kind = 'event' then rank_worst_if_unallocated else streak_at_most_if_unallocated
        end::decimal(18, 6) as found_high,
        case when statement_kind = 'event' then 'rank' else 'years' end as unit_code,
        null::varchar as source_code,
        'partner_rank' as found_rule,
        case
            when statement_kind = 'event'
            then rank_worst_if_unallocated = 1 and coalesce(best_before_if_unallocated > 1, false)
            else streak_at_least_if_unallocated >= claimed_years
        end as fits,
        case
            when statement_kind = 'event'
            then rank_best_if_unallocated = 1 and coalesce(worst_before_if_unallocated > 1, true)
            else streak_at_most_if_unallocated >= claimed_years or reaches_first_year
        end as is_possible,
        case
            when statement_kind = 'event'
            then
                'In '
                || year_number::varchar
                || ' '
                || partner_name
                || ' ranked '
                || {{ place_text('rank_best', 'rank_worst') }}
                || ' among '
                || {{ possessive('reporter_name') }}
                || ' partners'
                || {{ by_flow_text('measure') }}
                || coalesce(', and ' || {{ place_text('best_before', 'worst_before') }} || ' the year before', '')
                || '.'
                || {{ place_if_unallocated_text('reaching') }}
            else
                case
                    when streak_at_most = 0
                    then
                        partner_name
                        || ' was not first among '
                        || {{ possessive('reporter_name') }}
                        || ' partners'
                        || {{ by_flow_text('measure') }}
                        || ' in '
                        || year_number::varchar
                        || '.'
                    else
                        partner_name
                        || ' was '
                        || case
                            when streak_at_least = 0
                            then 'possibly '
                            -- what trade without a named partner leaves certain is said behind
                            when streak_at_least_if_unallocated < streak_at_least
                            then ''
                            else 'certainly '
                        end
                        || 'first among '
                        || {{ possessive('reporter_name') }}
                        || case when streak_at_least_if_unallocated < streak_at_least then ' named' else '' end
                        || ' partners'
                        || {{ by_flow_text('measure') }}
                        || ' for '
                        || case
                            when streak_at_least = 0
                            then {{ counted('streak_at_most', 'year') }}
                            else {{ counted('streak_at_least', 'year') }}
                        end
                        || ' up to '
                        || year_number::varchar
                        || case
                            when streak_at_least = 0
                            then ', but not certainly in ' || year_number::varchar
                            when streak_at_most > streak_at_least
                            then ', and possibly for ' || streak_at_most::varchar
                            else ''
                        end
                        || '.'
                end
                || coalesce(' Years without enough data: ' || streak_open_years || '.', '')
                || {{ streak_if_unallocated_text('reaching') }}
                || case
                    when reaches_first_year and claimed_years > streak_at_most_if_unallocated
                    then ' Places before ' || first_year::varchar || ' are not known.'
                    else ''
                end
        end as finding,
        publication_id,
        file_id,
        line::bigint as line
    from reaching
{% endmacro %}
