-- Everything the warehouse holds for or against a statement, one row per period and reporter; each kind of evidence is
-- looked for in a macro of its own, macros/claim/claim_evidence_<kind>.
{% for kind in kinds_of_evidence() %}
    select
        '{{ kind }}' as evidence_kind,
        statement_id,
        reporter_code,
        period_code,
        coalesce(is_claimed_period, false) as is_claimed_period,
        is_cited_reporter,
        found_value,
        found_low,
        found_high,
        unit_code,
        source_code,
        found_rule,
        coalesce(fits, false) as fits,
        coalesce(is_possible, false) as is_possible,
        {{ 'is_own_word' if kind in ['figure', 'change', 'settlement'] else 'false' }} as is_own_word,
        {{ sentence_case('finding') }} as finding,
        publication_id,
        file_id,
        line
    from ({{ context['claim_evidence_' ~ kind]() }}) as evidence
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
