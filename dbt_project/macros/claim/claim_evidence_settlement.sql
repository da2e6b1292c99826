{% macro claim_evidence_settlement() %}
    -- Settlement shares: the currency or basket of the same flow and month that comes closest to the claim.
    with
        candidates as (

            select
                side.statement_id,
                side.reporter_code,
                side.reporter_name,
                side.is_cited_reporter,
                side.unit_code,
                side.claimed_value,
                side.accepted_low,
                side.accepted_high,
                share.*,
                coalesce(share.publication_id = side.statement_publication_id, false)
                and share.choice_rule not in ('reports_agree', 'most_corroborated') as is_own_word,
                coalesce(currency.currency_name, share.currency_code) as currency_text,
                coalesce(period.period_name, share.period_code) as period_text,
                period.period_start >= side.claimed_start and period.period_end <= side.claimed_end as is_claimed_period
            from {{ ref('claim_side') }} as side
            inner join {{ ref('fct_statement') }} as statement on side.statement_id = statement.statement_id
            inner join
                (
                    select
                        reporter_code as side_code,
                        partner_code,
                        flow_code,
                        scope_text,
                        period_code,
                        currency_code,
                        share_pct,
                        share_pct_min,
                        share_pct_max,
                        n_reports,
                        choice_rule,
                        publication_id,
                        file_id,
                        line
                    from {{ ref('settlement_currency') }}
                ) as share
                on side.reporter_code = share.side_code
                and coalesce(side.partner_code, {{ world_code() }}) = share.partner_code
                and statement.flow_code = share.flow_code
            inner join {{ ref('dim_period') }} as period on share.period_code = period.period_code
            left join {{ ref('dim_currency') }} as currency on share.currency_code = currency.currency_code
            where
                side.statement_kind = 'settlement_share'
                and abs(extract(year from period.period_start) - extract(year from side.claimed_start))
                <= {{ nearby_years() }}

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
        share_pct between accepted_low and accepted_high as fits,
        false as is_possible,
        is_own_word,
        'On record for '
        || period_text
        || ': '
        || {{ percent_text('share_pct') }}
        || ' % ('
        || currency_text
        || ', '
        || {{ counted('n_reports', 'publication') }}
        || ').' as finding,
        publication_id,
        file_id,
        line::bigint as line
    from candidates
    qualify
        row_number() over (
            partition by statement_id, period_code
            order by abs(share_pct - claimed_value) nulls last, currency_code, scope_text, line
        )
        = 1
{% endmacro %}
