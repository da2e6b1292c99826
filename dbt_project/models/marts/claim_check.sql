-- One row per statement: what was said, what the warehouse finds, the verdict and why, or why it could not be tested.
-- Reason for size: the evidence sentence is composed here, once, beside the columns it speaks of.
{%- set claim_reason -%}
    case when verdict.is_own_word
            then 'the only figure on record that agrees was read in the same publication'
            else coalesce(reasons.form_reason, reasons.data_reason) end
{%- endset %}
with
    claim_verdict as materialized({{ claim_verdict() }}),

    named as (select area_code, {{ name_in_text('area_name') }} as name from {{ ref('dim_area') }}),

    stated as (

        select
            *,
            statement_kind = 'event' as is_event,
            statement_kind = 'settlement_share' as is_settled_share,
            statement_kind in ('rank', 'streak')
            or (statement_kind = 'event' and measure is not distinct from 'turnover') as is_of_place
        from {{ ref('fct_statement') }}

    ),

    reasons as (

        select
            statement.statement_id,
            statement.is_of_place,
            -- what no figure could answer, whatever is loaded
            case
                when statement.claimed_value is null
                then 'the statement gives no figure to compare'
                when not {{ is_comparison_known('statement.statement_kind', 'statement.comparator') }}
                then 'a statement of this kind cannot be held against figures in that way'
                when not {{ is_unit_known('statement.statement_kind', 'statement.unit_code') }}
                then 'a statement of this kind cannot be held against figures in that unit'
                when
                    statement.statement_kind in ('level', 'forecast', 'growth', 'ratio')
                    and statement.measure not in ('turnover', 'exports', 'imports')
                then 'figures are of total trade, exports and imports only'
                when
                    statement.statement_kind = 'share'
                    and statement.measure not in ('share_of_turnover', 'share_of_exports', 'share_of_imports')
                then 'shares are computed of total trade, exports and imports only'
                when statement.period_from is null and statement.statement_kind <> 'target'
                then 'the statement names no period'
                when
                    statement.counterpart_code is null
                    and (not statement.is_event or statement.is_of_place)
                    and not statement.is_settled_share
                then 'the statement names no other economy'
                when statement.statement_kind = 'rank' and statement.measure not in ('turnover', 'exports', 'imports')
                then 'places are computed for total trade, exports and imports only'
                when statement.is_of_place and 'group' in (subject_area.area_kind, counterpart_area.area_kind)
                then 'places are computed for economies, not for groups of them'
                when statement.statement_kind = 'rank' and period.period_months <> 12
                then 'places are computed for calendar years only'
                when statement.is_settled_share and statement.currency_code is null
                then 'the statement names no currency'
            end as form_reason,
            case
                when statement.is_of_place
                then
                    'the place of '
                    || counterpart.name
                    || ' among '
                    || {{ possessive('subject.name') }}
                    || ' partners is not known for that year'
                when statement.statement_kind = 'target'
                then 'no announcement of that target is on record'
                when statement.is_event and statement.measure = 'sanctions'
                then 'no event of that kind and year is on record'
                when statement.is_event
                then 'no event of that kind is on record'
                when statement.is_settled_share
                then
                    'no such share of the payments for '
                    || {{ possessive('subject.name') }}
                    || ' trade is loaded for that period'
                when statement.statement_kind = 'share'
                then 'no such share of ' || {{ possessive('subject.name') }} || ' trade is loaded for that period'
                when
                    statement.statement_kind = 'ratio'
                    or (statement.statement_kind = 'growth' and statement.period_from <> statement.period_to)
                then 'no report that counts has figures for both years'
                when statement.reporter_code in (statement.subject_code, statement.counterpart_code)
                then 'no such figure by ' || cited.name || ', whose statistic is cited, is loaded for that period'
                when counterpart_area.area_kind = 'world'
                then
                    'no such figure of '
                    || {{ possessive('subject.name') }}
                    || ' trade with the world is loaded for that period'
                when subject_area.area_kind = 'group' and counterpart_area.area_kind = 'group'
                then
                    'no such figure of the trade between '
                    || subject.name
                    || ' and '
                    || counterpart.name
                    || ', each as a whole, is loaded for that period'
                when 'group' in (subject_area.area_kind, counterpart_area.area_kind)
                then
                    'no such figure of the trade with '
                    || case when subject_area.area_kind = 'group' then subject.name else counterpart.name end
                    || ' as a whole is loaded for that period'
                else 'no such figure by either side is loaded for that period'
            end as data_reason
        from stated as statement
        left join {{ ref('dim_period') }} as period on statement.period_from = period.period_code
        left join named as subject on statement.subject_code = subject.area_code
        left join named as counterpart on statement.counterpart_code = counterpart.area_code
        left join named as cited on statement.reporter_code = cited.area_code
        left join {{ ref('dim_area') }} as subject_area on statement.subject_code = subject_area.area_code
        left join {{ ref('dim_area') }} as counterpart_area on statement.counterpart_code = counterpart_area.area_code

    ),

    findings as (

        select
            evidence.statement_id,
            {{ text_list(
            'evidence.finding',
            'evidence.is_cited_reporter desc, evidence.reporter_code, evidence.period_code',
            ' '
        ) }} as finding_text
        from {{ ref('claim_evidence') }} as evidence
        where evidence.is_claimed_period or evidence.evidence_kind = 'streak'
        group by evidence.statement_id

    ),

    elsewhere as (

        select
            evidence.statement_id,
            {{ text_list('evidence.finding', 'evidence.period_code, evidence.reporter_code', ' ') }} as finding_text
        from {{ ref('claim_evidence') }} as evidence
        inner join
            claim_verdict as verdict
            on evidence.statement_id = verdict.statement_id
            and evidence.reporter_code = coalesce(verdict.found_reporter_code, evidence.reporter_code)
        where evidence.fits and not evidence.is_claimed_period
        group by evidence.statement_id

    ),

    -- a share stated without a year is held against every year it may mean
    candidate_years as (

        select
            evidence.statement_id,
            {{ text_list(
            found_text('evidence.found_value', 'evidence.unit_code', 'evidence.found_rule') ~ " || ' in ' || evidence.period_code"
            ~ " || coalesce(' (printed: ' || " ~ percent_text('printed.share_pct') ~ " || ')', '')",
            'evidence.period_code',
            ', '
        ) }}
            as years_text,
            arg_min(evidence.period_code, abs(evidence.found_value - statement.claimed_value)) as nearest_period_code
        from {{ ref('claim_evidence') }} as evidence
        inner join {{ ref('fct_statement') }} as statement on evidence.statement_id = statement.statement_id
        left join
            (
                select reporter_code, partner_code, period_code, min(share_pct) as share_pct
                from {{ ref('fct_trade_report') }}
                where product_key = 'TOTAL' and flow_code = 'T' and share_pct is not null
                group by reporter_code, partner_code, period_code
            ) as printed
            on statement.subject_code = printed.reporter_code
            and statement.counterpart_code = printed.partner_code
            and evidence.period_code = printed.period_code
            and statement.measure = 'share_of_turnover'
        where
            statement.statement_kind = 'share'
            and statement.period_from <> statement.period_to
            and not {{ sets_a_bound('statement.comparator') }}
        group by evidence.statement_id

    ),

    -- whose figure for the claimed period agrees, where another's is what the statement is measured by
    agreeing as (

        select evidence.statement_id, {{ text_list('area.name', 'area.name', ' and ') }} as reporters_text
        from {{ ref('claim_evidence') }} as evidence
        inner join claim_verdict as verdict on evidence.statement_id = verdict.statement_id
        inner join named as area on evidence.reporter_code = area.area_code
        where
            evidence.is_claimed_period
            and evidence.is_cited_reporter
            and evidence.fits
            and not evidence.is_own_word
            and evidence.evidence_kind in ('figure', 'change')
            and evidence.reporter_code <> verdict.found_reporter_code
            and verdict.verdict <> 'supported'
            and not verdict.is_of_each_period
        group by evidence.statement_id

    ),

    composed as (

        select
            verdict.*,
            agreeing.reporters_text as agreeing_text,
            candidate_years.years_text,
            candidate_years.nearest_period_code,
            case
                when statement.unit_code = 'usd_bn'
                then 100 * {{ ratio('verdict.difference', 'abs(verdict.found_value)') }}
            end::decimal(18, 3) as difference_pct,
            case
                verdict.verdict
                when 'not testable'
                then
                    'Not testable: '
                    || {{ claim_reason }}
                    || '.'
                    || coalesce(' For comparison: ' || findings.finding_text, '')
                else coalesce(findings.finding_text, 'No figure for the claimed period is loaded.')
            end as finding_text,
            elsewhere.finding_text as elsewhere_text,
            case verdict.verdict when 'not testable' then {{ claim_reason }} end as reason,
            reasons.form_reason is not null as is_unanswerable,
            reasons.is_of_place,
            reporter.name as found_reporter_name,
            -- of several periods stated, the one whose figure decides
            case
                when statement.period_from <> statement.period_to and verdict.evidence_kind = 'figure'
                then ' for ' || coalesce(found_period.period_name, verdict.found_period_code)
            end as found_period_text
        from claim_verdict as verdict
        inner join {{ ref('fct_statement') }} as statement on verdict.statement_id = statement.statement_id
        inner join reasons on verdict.statement_id = reasons.statement_id
        left join findings on verdict.statement_id = findings.statement_id
        left join elsewhere on verdict.statement_id = elsewhere.statement_id
        left join candidate_years on verdict.statement_id = candidate_years.statement_id
        left join agreeing on verdict.statement_id = agreeing.statement_id
        left join named as reporter on verdict.found_reporter_code = reporter.area_code
        left join {{ ref('dim_period') }} as found_period on verdict.found_period_code = found_period.period_code

    ),

    claim_check as (

        select
            statement.statement_id,
            statement.is_article,
            statement.statement_kind,
            statement.subject_text,
            statement.said_by,
            statement.claimed_period_text,
            statement.comparator,
            statement.claimed_value::decimal(18, 6) as claimed_value,
            statement.unit_code,
            composed.verdict,
            composed.found_value,
            composed.found_low,
            composed.found_high,
            composed.difference,
            composed.difference_pct,
            composed.found_reporter_code,
            composed.found_period_code,
            composed.found_source_code,
            composed.found_rule,
            composed.fitting_periods,
            composed.reason,
            composed.finding_text || case
                when composed.verdict = 'supported'
                then
                    case
                        when composed.evidence_kind in ('figure', 'change')
                        then
                            ' The statement agrees with '
                            || {{ possessive('composed.found_reporter_name') }}
                            || ' figure.'
                        else ''
                    end
                when composed.verdict = 'right figure, wrong period' and composed.years_text is null
                then ' The figure is that of another period: ' || composed.elsewhere_text
                when composed.verdict in ('close', 'not supported')
                then
                    case
                        when composed.evidence_kind in ('figure', 'change') and composed.difference <> 0
                        then
                            ' The statement is '
                            || {{ figure_text('abs(composed.difference)', 'statement.unit_code') }}
                            || case
                                statement.unit_code
                                when 'percent'
                                then ' percentage points'
                                -- 2 is not "0.052 times above" 1.948
                                when 'times'
                                then ''
                                else {{ unit_text('statement.unit_code') }}
                            end
                            || coalesce(' (' || {{ percent_text('abs(composed.difference_pct)') }} || ' %)', '')
                            || case when composed.difference > 0 then ' above ' else ' below ' end
                            || {{ possessive('composed.found_reporter_name') }}
                            || ' figure'
                            || coalesce(composed.found_period_text, '')
                            || '.'
                        else ''
                    end
                else ''
            end
            || case
                when composed.n_without_figure > 0
                then ' No figure is known for ' || composed.n_without_figure::varchar || ' of the periods stated.'
                else ''
            end
            || coalesce(' The figure of ' || composed.agreeing_text || ' agrees with it.', '')
            || case
                when composed.verdict <> 'supported'
                then
                    coalesce(
                        ' No single year was stated; '
                        || composed.nearest_period_code
                        || ' is nearest. In percent: '
                        || composed.years_text
                        || '.',
                        ''
                    )
                else ''
            end as evidence,
            {{ claim_change('composed', 'statement') }} as change_code,
            composed.found_publication_id,
            composed.found_file_id,
            composed.found_line,
            statement.publication_id,
            statement.file_id,
            statement.line::bigint as line
        from composed
        inner join {{ ref('fct_statement') }} as statement on composed.statement_id = statement.statement_id

    )

select *
from {{ shown_step('claim_check') }}
