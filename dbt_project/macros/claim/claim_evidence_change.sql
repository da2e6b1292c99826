{% macro claim_evidence_change() %}
    -- Statements about a change over several years: growth in percent, or one year as a multiple of another. Both ends
    -- are of one source and measured alike, as for growth on the year before: two reports are never compared as if they
    -- were one, nor dollars with what a rate made dollars, imports FOB with CIF, or a group with one of other members.
    -- Every source that has both ends gives its change: that of the level the marts show decides, or one the press
    -- quotes
    -- of it that bears the statement out, and the range of all says what is possible.
    -- Reason for size: both ends of a change, and the sentence that names them.
    with
        ends as (

            select
                side.*,
                first_year.value_usd as first_usd,
                last_year.value_usd as last_usd,
                first_period.period_name as first_name,
                last_period.period_name as last_name,
                last_year.period_code,
                last_year.source_code,
                last_year.publication_id,
                last_year.file_id,
                last_year.line,
                -- the level the marts show before another, that of the last year before that of the first
                row_number() over (
                    partition by side.statement_id, side.reporter_code
                    order by
                        first_year.figure_rank + last_year.figure_rank, last_year.figure_rank, last_year.source_code
                ) as place,
                greatest(first_year.figure_rank, last_year.figure_rank) as figure_rank,
                -- one end that nobody else gives is enough: the change is then the publication's own
                {% for year in ['first', 'last'] %}
                    coalesce({{ year }}_year.publication_id = side.statement_publication_id, false)
                    and not {{ year }}_year.is_corroborated {{ 'or' if not loop.last }}
                {% endfor %} as is_own_word
            from {{ ref('claim_side') }} as side
            inner join
                {{ ref('pair_figure') }} as first_year
                on side.reporter_code = first_year.reporter_code
                and side.partner_code = first_year.partner_code
                and side.measure = first_year.measure
                and side.period_from = first_year.period_code
                and first_year.figure_kind = 'level'
            inner join
                {{ ref('pair_figure') }} as last_year
                on side.reporter_code = last_year.reporter_code
                and side.partner_code = last_year.partner_code
                and side.measure = last_year.measure
                and side.period_to = last_year.period_code
                and last_year.figure_kind = 'level'
                and first_year.source_code = last_year.source_code
            left join {{ ref('dim_period') }} as first_period on side.period_from = first_period.period_code
            left join {{ ref('dim_period') }} as last_period on side.period_to = last_period.period_code
            left join {{ own_report_of('first_year', 'first_report') }}
            left join {{ own_report_of('last_year', 'last_report') }}
            where
                (
                    side.statement_kind = 'ratio'
                    or (side.statement_kind = 'growth' and side.period_from <> side.period_to)
                )
                and {{ is_comparison_known('side.statement_kind', 'side.comparator') }}
                and (first_year.figure_rule like '%converted%') = (last_year.figure_rule like '%converted%')
                and {{ is_measured_alike('side.measure', 'last_report', 'first_report') }}
                and {{ is_valued_alike('last_year', 'first_year', 'exports') }}
                and {{ is_valued_alike('last_year', 'first_year', 'imports') }}
                and not
                {{ members_changed(
                    'side.reporter_code', 'side.partner_code', 'first_year.period_start', 'last_year.period_end'
                ) }}

        ),

        changes as (

            select
                *,
                case
                    statement_kind
                    when 'ratio'
                    then {{ ratio('last_usd', 'first_usd') }}
                    else 100 * ({{ ratio('last_usd', 'first_usd') }} - 1)
                end as found_value
            from ends

        ),

        judged as (select *, {{ bears_out('found_value') }} as fits from changes),

        -- the publication's own word does not widen what is possible
        ranged as (

            select
                *,
                min(found_value) over of_side as found_low,
                max(found_value) over of_side as found_high,
                min(case when not is_own_word then found_value end) over of_side as others_low,
                max(case when not is_own_word then found_value end) over of_side as others_high
            from judged
            window of_side as (partition by statement_id, reporter_code)

        ),

        shown as (

            select *
            from ranged
            qualify
                row_number() over (
                    partition by statement_id, reporter_code
                    order by
                        case when fits and not is_own_word and (place = 1 or figure_rank < 3) then 0 else 1 end, place
                )
                = 1

        )

    select
        statement_id,
        reporter_code,
        period_code,
        true as is_claimed_period,
        is_cited_reporter,
        found_value::decimal(18, 6) as found_value,
        found_low::decimal(18, 6) as found_low,
        found_high::decimal(18, 6) as found_high,
        unit_code,
        source_code,
        'computed' as found_rule,
        fits,
        coalesce({{ may_bear_out('others_low', 'others_high') }}, false) as is_possible,
        is_own_word,
        'By '
        || {{ possessive('reporter_name') }}
        || ' figures '
        || case measure when 'turnover' then 'total trade' else 'its ' || measure end
        || ' went from '
        || {{ number_text(usd_bn('first_usd')) }}
        || ' bn USD in '
        || coalesce(first_name, period_from)
        || ' to '
        || {{ number_text(usd_bn('last_usd')) }}
        || ' bn USD in '
        || coalesce(last_name, period_to)
        || case
            when statement_kind = 'ratio'
            then ': ' || {{ figure_text('found_value', 'unit_code') }} || ' times as much'
            when found_value < 0
            then ', down ' || {{ percent_text('abs(found_value)') }} || ' %'
            else ', up ' || {{ percent_text('found_value') }} || ' %'
        end
        || case
            when {{ figure_text('found_low', 'unit_code') }} <> {{ figure_text('found_high', 'unit_code') }}
            then {{ range_of_reports_text() }}
            else ''
        end
        || '.' as finding,
        publication_id,
        file_id,
        line::bigint as line
    from shown
{% endmacro %}
