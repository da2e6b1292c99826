{% macro claim_evidence_figure() %}
    -- Levels, growth rates, shares and balances that a statement can be held against: of the claimed
    -- period, and of like periods within five years of it that had begun when the statement was made.
    -- Reason for size: the columns of all kinds of evidence, and the sentence on a figure.
    with
        -- the range that publications other than the statement's own give: its own word does not widen what is possible
        others as (

            select
                side.statement_id,
                side.reporter_code,
                report.period_code,
                report.source_code,
                {% for end, name in [('min', 'low'), ('max', 'high')] %}
                    {{ end }} (
                        case
                            side.statement_kind when 'growth' then report.yoy_pct else {{ usd_bn('report.value_usd') }}
                        end
                    ) as {{ name }}_value,
                {% endfor %}
                -- two publications that print one figure unlike are two reports of it: either bears a statement out
                bool_or(
                    {{ bears_out(
                        "case side.statement_kind when 'growth' then report.yoy_pct else " ~ usd_bn('report.value_usd') ~ " end"
                    ) }}
                ) as has_one_that_fits
            from {{ ref('claim_side') }} as side
            inner join
                {{ ref('fct_trade_report') }} as report
                on side.reporter_code = report.reporter_code
                and side.partner_code = report.partner_code
                and side.measure
                = case report.flow_code when 'X' then 'exports' when 'M' then 'imports' when 'T' then 'turnover' end
                and side.statement_publication_id is distinct from report.publication_id
            where
                report.product_key = 'TOTAL'
                and (
                    side.statement_kind in ('level', 'forecast')
                    or (side.statement_kind = 'growth' and coalesce(side.currency_code, 'USD') = report.yoy_currency)
                )
            group by side.statement_id, side.reporter_code, report.period_code, report.source_code

        ),

        candidates as (

            select
                side.statement_id,
                side.statement_kind,
                side.measure,
                side.comparator,
                side.reporter_code,
                side.reporter_name,
                side.partner_name,
                case when side.side_sign < 0 then side.partner_name else side.reporter_name end as subject_name,
                side.is_cited_reporter,
                side.unit_code,
                side.claimed_value,
                side.accepted_low,
                side.accepted_high,
                others.low_value as others_low,
                others.high_value as others_high,
                coalesce(others.has_one_that_fits, false) as has_another_that_fits,
                extract(year from figure.period_start) <= coalesce(side.said_year, 9999)
                and side.statement_kind <> 'forecast' as is_open_to_confusion,
                figure.period_code,
                coalesce(period.period_name, figure.period_code) as period_text,
                figure.figure_rule,
                figure.source_code,
                figure.publication_id,
                figure.file_id,
                figure.line,
                figure.figure_rank,
                coalesce(figure.publication_id = side.statement_publication_id, false)
                and not figure.is_corroborated
                and not coalesce(others.has_one_that_fits, false) as is_own_word,
                side.side_sign * figure.figure_value as found_value,
                least(side.side_sign * figure.figure_low, side.side_sign * figure.figure_high) as found_low,
                greatest(side.side_sign * figure.figure_low, side.side_sign * figure.figure_high) as found_high,
                figure.period_start >= side.claimed_start
                and figure.period_end <= side.claimed_end
                and figure.period_months = side.claimed_months as is_claimed_period,
                figure.period_months = side.claimed_months
                and extract(month from figure.period_start) = extract(month from side.claimed_start)
                and extract(year from figure.period_start)
                >= extract(year from side.claimed_start) - {{ nearby_years() }}
                and extract(year from figure.period_end)
                <= extract(year from side.claimed_end) + {{ nearby_years() }} as is_like_period,
                -- a wrong month is looked for inside the same year only
                figure.figure_kind = 'level'
                and side.claimed_months < 12
                and extract(month from figure.period_start) = 1
                and extract(year from figure.period_start) = extract(year from side.claimed_start) as is_same_year
            from {{ ref('claim_side') }} as side
            inner join
                {{ ref('pair_figure') }} as figure
                on side.reporter_code = figure.reporter_code
                and side.partner_code = figure.partner_code
                and side.measure = figure.measure
                and coalesce(side.currency_code, 'USD') = figure.currency_code
                and side.unit_code = figure.unit_code
                and case side.statement_kind when 'growth' then 'growth' when 'share' then 'share' else 'level' end
                = figure.figure_kind
                -- a report that was not chosen measures no level
                and coalesce(figure.figure_rank, 1) < 3
            left join {{ ref('dim_period') }} as period on figure.period_code = period.period_code
            left join
                others
                on side.statement_id = others.statement_id
                and side.reporter_code = others.reporter_code
                and figure.period_code = others.period_code
                and figure.source_code = others.source_code
            where
                (
                    side.statement_kind in ('level', 'forecast', 'balance', 'share')
                    or (side.statement_kind = 'growth' and side.period_from = side.period_to)
                )
                and {{ is_comparison_known('side.statement_kind', 'side.comparator') }}

        ),

        judged as (

            select
                *,
                case
                    -- whatever keeps a bound makes it true; elsewhere only a figure just above one fits
                    when is_claimed_period and {{ sets_a_bound('comparator') }}
                    then {{ bears_out('found_value') }}
                    when comparator = 'more_than' and claimed_value < 0
                    then found_value > accepted_low and found_value <= accepted_high
                    when comparator = 'more_than'
                    then found_value >= accepted_low and found_value < accepted_high
                    when {{ sets_a_bound('comparator') }}
                    then false
                    else {{ bears_out('found_value') }} or has_another_that_fits
                end as fits,
                -- a claim inside the range reports leave is neither proven nor refuted by the one that was chosen
                not is_own_word and is_claimed_period
                {% for range in ['found', 'others'] %}
                    and {{ may_bear_out(range ~ '_low', range ~ '_high') }}
                {% endfor %} as is_possible
            from candidates
            where is_claimed_period or (is_open_to_confusion and (is_like_period or is_same_year))

        ),

        -- a statistic quoted by the press beside the one the marts show is a report, too
        ranged as (

            select
                * exclude (found_low, found_high),
                min(least(found_low, found_high)) over of_period as found_low,
                max(greatest(found_low, found_high)) over of_period as found_high
            from judged
            window of_period as (partition by statement_id, reporter_code, period_code)

        )

    select
        statement_id,
        reporter_code,
        period_code,
        is_claimed_period,
        is_cited_reporter,
        found_value::decimal(18, 6) as found_value,
        found_low::decimal(18, 6) as found_low,
        found_high::decimal(18, 6) as found_high,
        unit_code,
        source_code,
        figure_rule as found_rule,
        fits,
        is_possible,
        is_own_word,
        case
            statement_kind
            when 'growth'
            then
                case
                    figure_rule
                    when 'published'
                    then reporter_name || ' reports '
                    else {{ possessive('reporter_name') }} || ' figures give '
                end
                || case when found_value < 0 then 'a fall of ' else 'growth of ' end
                || {{ percent_text('abs(found_value)') }}
                || ' % for '
            when 'share'
            then
                partner_name
                || ' had '
                || {{ found_text('found_value', 'unit_code', 'figure_rule') }}
                || ' % of '
                || {{ possessive('reporter_name') }}
                || case
                    measure
                    when 'share_of_exports'
                    then ' exports in '
                    when 'share_of_imports'
                    then ' imports in '
                    else ' total trade in '
                end
            when 'balance'
            then
                'By '
                || {{ possessive('reporter_name') }}
                || ' figures '
                || subject_name
                || ' had a '
                || case when found_value < 0 then 'deficit of ' else 'surplus of ' end
                || {{ found_text('abs(found_value)', 'unit_code', 'figure_rule') }}
                || {{ unit_text('unit_code') }}
                || ' in '
            else
                -- what the marts show is another one of its reports
                case
                    when figure_rank > 1
                    then 'One report of ' || reporter_name || ' gives '
                    else reporter_name || ' reports '
                end
                || {{ found_text('found_value', 'unit_code', 'figure_rule') }}
                || {{ unit_text('unit_code') }}
                || ' for '
        end
        || period_text
        || case when found_low <> found_high then {{ range_of_reports_text() }} else '' end
        || '.' as finding,
        publication_id,
        file_id,
        line::bigint as line
    from ranged
    qualify
        -- one figure of a side and period: the one that bears the statement out, else the one the marts show
        row_number() over (
            partition by statement_id, reporter_code, period_code
            order by
                case
                    when fits and not is_own_word
                    then 0
                    when fits
                    then 1
                    when is_possible
                    then 2
                    when abs(claimed_value - found_value) <= {{ close_share() }} * abs(found_value)
                    then 3
                    else 4
                end,
                figure_rank,
                source_code
        )
        = 1
{% endmacro %}
