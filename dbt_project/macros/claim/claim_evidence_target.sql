{% macro claim_evidence_target() %}
    -- Targets: whether it was announced for that value and year, and what became of it by either statistic.
    -- Reason for size: the sentence on a target needs the levels it is held against beside it.
    with
        announcements as (

            select
                side.statement_id,
                side.reporter_code,
                side.reporter_name,
                side.is_cited_reporter,
                side.unit_code,
                extract(year from side.claimed_end)::integer as claimed_year,
                target.*
            from {{ ref('claim_side') }} as side
            inner join
                (
                    select
                        target_id,
                        reporter_code as side_code,
                        partner_code,
                        target_low_usd,
                        target_high_usd,
                        due_year,
                        announced_text,
                        {{ reached_text('progress') }} as reached_text,
                        latest_year,
                        latest_usd,
                        progress_pct,
                        publication_id,
                        file_id,
                        line
                    from {{ ref('target_progress') }} as progress
                ) as target
                on side.reporter_code = target.side_code
                and side.partner_code = target.partner_code
                and side.claimed_value
                between {{ usd_bn('target.target_low_usd') }} and {{ usd_bn('target.target_high_usd') }}
            where side.statement_kind = 'target'

        ),

        by_due_year as (

            select
                statement_id,
                reporter_code,
                reporter_name,
                is_cited_reporter,
                unit_code,
                due_year,
                coalesce(' for ' || due_year::varchar, ' without a year') as due_text,
                claimed_year is not distinct from due_year as is_claimed_period,
                min(target_low_usd) as target_low_usd,
                max(target_high_usd) as target_high_usd,
                count(*) as n_announcements,
                min(announced_text) as first_announced_text,
                -- the first announcement looks at the most years
                min_by(reached_text, announced_text || target_id) as reached_text,
                max(latest_year) as latest_year,
                max(latest_usd) as latest_usd,
                max(progress_pct) as progress_pct,
                min(publication_id) as publication_id,
                min(file_id) as file_id,
                min(line) as line
            from announcements
            group by
                statement_id,
                reporter_code,
                reporter_name,
                is_cited_reporter,
                unit_code,
                due_year,
                due_text,
                is_claimed_period

        )

    select
        statement_id,
        reporter_code,
        coalesce(due_year::varchar, 'open') as period_code,
        is_claimed_period,
        is_cited_reporter,
        {{ usd_bn('target_low_usd') }} as found_value,
        {{ usd_bn('target_low_usd') }} as found_low,
        {{ usd_bn('target_high_usd') }} as found_high,
        unit_code,
        null::varchar as source_code,
        'target_progress' as found_rule,
        is_claimed_period as fits,
        false as is_possible,
        -- the announcements are counted once, with the first side
        case
            when reporter_code = min(reporter_code) over (partition by statement_id, due_text)
            then
                'Announced '
                || {{ times_text('n_announcements') }}
                || due_text
                || ', '
                || case when n_announcements > 1 then 'first ' else '' end
                || {{ when_text('first_announced_text') }}
                || '. '
            else ''
        end
        || 'By '
        || {{ possessive('reporter_name') }}
        || ' figures it '
        || reached_text
        || '.'
        || coalesce(
            ' '
            || latest_year::varchar
            || ': '
            || {{ number_text(usd_bn('latest_usd')) }}
            || ' bn USD, '
            || case
                when progress_pct = 100
                then 'the target itself'
                else
                    {{ percent_text('abs(progress_pct - 100)') }}
                    || case when progress_pct > 100 then ' % above it' else ' % below it' end
            end
            || '.',
            ''
        ) as finding,
        publication_id,
        file_id,
        line::bigint as line
    from by_due_year
{% endmacro %}
