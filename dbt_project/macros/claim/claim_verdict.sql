{% macro claim_verdict() %}
    -- The verdict on every statement and the one figure it rests on.
    -- Reason for size: what is asked of one period, of each of several, and of others stands side by side.
    with
        -- a bound stated for several years, quarters or months is kept in each of them or not at all; a figure is that
        -- of one of them
        of_several_periods as (

            select
                statement.statement_id,
                {{ sets_a_bound('statement.comparator') }} as is_of_each_period,
                1 + (
                    12 * (last_period.year_number - first_period.year_number)
                    + extract(month from last_period.period_start)
                    - extract(month from first_period.period_start)
                )
                / first_period.period_months as n_periods
            from {{ ref('fct_statement') }} as statement
            left join {{ ref('dim_period') }} as first_period on statement.period_from = first_period.period_code
            left join {{ ref('dim_period') }} as last_period on statement.period_to = last_period.period_code
            where statement.period_from <> statement.period_to

        ),

        -- of how many of these any side that counts has a figure
        known_periods as (

            select evidence.statement_id, count(distinct evidence.period_code) as n_known
            from {{ ref('claim_evidence') }} as evidence
            inner join {{ ref('fct_statement') }} as statement on evidence.statement_id = statement.statement_id
            where
                evidence.is_claimed_period
                and evidence.evidence_kind in ('figure', 'rank')
                and (evidence.is_cited_reporter or statement.statement_kind = 'forecast')
            group by evidence.statement_id

        ),

        found as (

            select
                evidence.*,
                of_several_periods.statement_id is not null as is_of_several_periods,
                coalesce(of_several_periods.is_of_each_period, false) as is_of_each_period,
                greatest(
                    0,
                    of_several_periods.n_periods - case
                        when of_several_periods.is_of_each_period then count(*) over side else known_periods.n_known
                    end
                )::bigint as n_without_figure,
                min(case when evidence.fits then 1 else 0 end) over side = 1 as all_fit,
                min(case when evidence.fits or evidence.is_possible then 1 else 0 end) over side = 1 as all_may_fit,
                max(case when evidence.is_own_word then 1 else 0 end) over side = 1 as has_own_word
            from {{ ref('claim_evidence') }} as evidence
            left join
                of_several_periods
                on evidence.statement_id = of_several_periods.statement_id
                and evidence.is_claimed_period
                and evidence.evidence_kind in ('figure', 'rank')
            left join known_periods on evidence.statement_id = known_periods.statement_id
            window
                side as (
                    partition by
                        evidence.statement_id,
                        evidence.reporter_code,
                        evidence.evidence_kind,
                        evidence.is_claimed_period
                )

        ),

        -- a period without a figure may have kept the bound, or be the one the figure is of; the period that decides is
        -- the one that kept the bound least
        held as (

            select
                * exclude (fits, is_possible, is_own_word),
                case when is_of_each_period then all_fit and coalesce(n_without_figure, 0) = 0 else fits end as fits,
                case
                    when is_of_each_period
                    then all_may_fit
                    else is_possible or (is_of_several_periods and n_without_figure > 0)
                end as is_possible,
                case when is_of_each_period then has_own_word else is_own_word end as is_own_word,
                case
                    when not is_of_each_period
                    then 0
                    when fits and not is_own_word
                    then 3
                    when fits
                    then 2
                    when is_possible
                    then 1
                    else 0
                end as how_well_kept
            from found

        ),

        evidence as (

            select
                evidence.*,
                statement.subject_code = evidence.reporter_code as is_subject,
                -- an official is measured by the statistic of his own country, and the partner's stands beside it
                coalesce(statement.speaker_code = evidence.reporter_code, false)
                and statement.statement_kind <> 'forecast'
                and evidence.evidence_kind in ('figure', 'change')
                and not evidence.is_own_word as is_of_speaker,
                -- a forecast is judged by its outcome, which either side may have measured
                evidence.is_cited_reporter or statement.statement_kind = 'forecast' as counts,
                -- how far from what was said: of several periods the nearest is told, of a bound the worst breach of it
                case
                    when not evidence.is_of_each_period
                    then abs(evidence.found_value - statement.claimed_value)
                    when (statement.comparator = 'at_most') = (statement.claimed_value < 0)
                    then evidence.found_value - statement.claimed_value
                    else statement.claimed_value - evidence.found_value
                end as distance
            from held as evidence
            inner join {{ ref('fct_statement') }} as statement on evidence.statement_id = statement.statement_id

        ),

        -- of the figures for the claimed period: that of an official's own country; one that fits, one that fits but
        -- is the publication's own and uncorroborated word, one that may fit; then the cited side, the side whose own
        -- total was printed, the subject's side; of several periods the most telling
        shown as (

            select *
            from evidence
            where counts and is_claimed_period
            qualify
                row_number() over (
                    partition by statement_id
                    order by
                        is_of_speaker desc,
                        case when fits and not is_own_word then 0 when fits then 1 when is_possible then 2 else 3 end,
                        how_well_kept,
                        case when is_cited_reporter then 0 else 1 end,
                        case found_rule when 'published_total' then 0 else 1 end,
                        case when is_subject then 0 else 1 end,
                        reporter_code,
                        distance nulls last,
                        period_code
                )
                = 1

        ),

        -- a figure is at home in another period only if the same side has one for the claimed period too;
        -- ranks are too small a set of numbers for a match elsewhere to mean anything, and "about" fits some year or
        -- other
        elsewhere as (

            select
                evidence.statement_id,
                {{ text_list('evidence.period_code', 'evidence.period_code') }} as fitting_periods
            from evidence
            inner join {{ ref('fct_statement') }} as statement on evidence.statement_id = statement.statement_id
            left join shown on evidence.statement_id = shown.statement_id
            where
                evidence.counts
                and evidence.fits
                and not evidence.is_claimed_period
                and not coalesce(shown.is_of_each_period, false)
                and statement.comparator <> 'about'
                and (
                    (evidence.evidence_kind = 'figure' and evidence.reporter_code = shown.reporter_code)
                    or (evidence.evidence_kind in ('target', 'event') and evidence.is_subject)
                )
            group by evidence.statement_id

        )

    select
        statement.statement_id,
        case
            when shown.statement_id is null and elsewhere.statement_id is null
            then 'not testable'
            when shown.fits and shown.is_own_word
            then 'not testable'
            when shown.fits
            then 'supported'
            when shown.is_possible
            then 'possible, not proven'
            when
                statement.comparator = 'equal'
                and shown.evidence_kind in ('figure', 'change')
                and abs(statement.claimed_value - shown.found_value) <= {{ close_share() }} * abs(shown.found_value)
            then 'close'
            when elsewhere.statement_id is not null
            then 'right figure, wrong period'
            else 'not supported'
        end as verdict,
        shown.evidence_kind,
        shown.reporter_code as found_reporter_code,
        shown.period_code as found_period_code,
        shown.found_value,
        shown.found_low,
        shown.found_high,
        case
            when
                statement.comparator in ('equal', 'about', 'more_than')
                or (
                    statement.comparator in ('at_most', 'not_at_most')
                    and shown.evidence_kind in ('figure', 'change', 'settlement')
                )
            then statement.claimed_value - shown.found_value
        end::decimal(18, 6) as difference,
        shown.source_code as found_source_code,
        shown.found_rule,
        coalesce(shown.is_own_word, false) as is_own_word,
        coalesce(shown.is_of_each_period, false) as is_of_each_period,
        case when shown.fits or not shown.is_possible then 0 else coalesce(shown.n_without_figure, 0) end::bigint
        as n_without_figure,
        elsewhere.fitting_periods,
        shown.publication_id as found_publication_id,
        shown.file_id as found_file_id,
        shown.line as found_line
    from {{ ref('fct_statement') }} as statement
    left join shown on statement.statement_id = shown.statement_id
    left join elsewhere on statement.statement_id = elsewhere.statement_id
{% endmacro %}
