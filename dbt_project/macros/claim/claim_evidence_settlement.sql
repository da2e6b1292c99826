{% macro claim_evidence_settlement() %}
    -- Settlement shares: what is on record of the currency or basket the statement names, for the same flow. A share of
    -- another currency bears nothing out, nor does that of a month a statement on a year.
    -- Reason for size: the record, what other publications print of it and the sentence on it.
    with
        claims as (

            select side.*, coalesce(side.partner_code, {{ world_code() }}) as paid_with_code, statement.flow_code
            from {{ ref('claim_side') }} as side
            inner join {{ ref('fct_statement') }} as statement on side.statement_id = statement.statement_id
            where
                side.statement_kind = 'settlement_share'
                and {{ is_comparison_known('side.statement_kind', 'side.comparator') }}

        ),

        -- what publications other than the statement's own print
        others as (

            select
                claims.statement_id,
                report.period_code,
                report.scope_text,
                min(report.share_pct) as low_pct,
                max(report.share_pct) as high_pct,
                bool_or({{ bears_out('report.share_pct') }}) as has_one_that_fits
            from claims
            inner join
                {{ ref('fct_settlement_share') }} as report
                on claims.reporter_code = report.reporter_code
                and claims.paid_with_code = report.partner_code
                and claims.flow_code = report.flow_code
                and claims.currency_code = report.currency_code
                and claims.statement_publication_id is distinct from report.publication_id
            group by claims.statement_id, report.period_code, report.scope_text

        ),

        candidates as (

            select
                claims.*,
                share.period_code,
                share.scope_text,
                share.share_pct,
                share.share_pct_min,
                share.share_pct_max,
                share.n_reports,
                share.choice_rule,
                share.publication_id,
                share.file_id,
                share.line,
                others.low_pct as others_low,
                others.high_pct as others_high,
                coalesce(others.has_one_that_fits, false) as has_another_that_fits,
                coalesce(share.publication_id = claims.statement_publication_id, false)
                and share.choice_rule not in ('reports_agree', 'most_corroborated')
                and not coalesce(others.has_one_that_fits, false) as is_own_word,
                coalesce(currency.currency_name, share.currency_code) as currency_text,
                coalesce(period.period_name, share.period_code) as period_text,
                period.period_start >= claims.claimed_start
                and period.period_end <= claims.claimed_end
                and period.period_months = claims.claimed_months as is_claimed_period
            from claims
            inner join
                {{ ref('settlement_currency') }} as share
                on claims.reporter_code = share.reporter_code
                and claims.paid_with_code = share.partner_code
                and claims.flow_code = share.flow_code
                and claims.currency_code = share.currency_code
            inner join {{ ref('dim_period') }} as period on share.period_code = period.period_code
            left join {{ ref('dim_currency') }} as currency on share.currency_code = currency.currency_code
            left join
                others
                on claims.statement_id = others.statement_id
                and share.period_code = others.period_code
                and share.scope_text = others.scope_text
            where
                abs(extract(year from period.period_start) - extract(year from claims.claimed_start))
                <= {{ nearby_years() }}

        ),

        judged as (

            select
                *,
                {{ bears_out('share_pct') }} or has_another_that_fits as fits,
                not is_own_word
                and {{ may_bear_out('share_pct_min', 'share_pct_max') }}
                and {{ may_bear_out('others_low', 'others_high') }} as is_possible
            from candidates

        )

    select
        statement_id,
        reporter_code,
        period_code,
        is_claimed_period,
        is_cited_reporter,
        share_pct::decimal(18, 6) as found_value,
        share_pct_min::decimal(18, 6) as found_low,
        share_pct_max::decimal(18, 6) as found_high,
        unit_code,
        null::varchar as source_code,
        choice_rule as found_rule,
        fits,
        is_possible,
        is_own_word,
        'On record for '
        || period_text
        || ': '
        || {{ percent_text('share_pct') }}
        || ' % ('
        || currency_text
        || ', '
        || {{ counted('n_reports', 'publication') }}
        || case
            when share_pct_min < share_pct_max
            then
                ', from '
                || {{ percent_text('share_pct_min') }}
                || ' % to '
                || {{ percent_text('share_pct_max') }}
                || ' %'
            else ''
        end
        || ').' as finding,
        publication_id,
        file_id,
        line::bigint as line
    from judged
    qualify
        row_number() over (
            partition by statement_id, period_code
            order by
                case when fits and not is_own_word then 0 when fits then 1 when is_possible then 2 else 3 end,
                abs(share_pct - claimed_value) nulls last,
                scope_text,
                line
        )
        = 1
{% endmacro %}
