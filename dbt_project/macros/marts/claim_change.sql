-- What would change the verdict on a statement, as a code of the list verdict_change; what is not testable yet could be
-- tested by it.
{% macro claim_change(verdict, statement) -%}
    case
        when {{ verdict }}.is_own_word
        then 'second_publication'
        when {{ verdict }}.verdict = 'not testable' and {{ statement }}.claimed_value is null
        then 'stated_figure'
        when {{ verdict }}.verdict = 'not testable' and {{ verdict }}.is_unanswerable
        then 'answerable_statement'
        when
            {{ verdict }}.verdict = 'not testable'
            and {{ statement }}.statement_kind in ('target', 'event')
            and not {{ verdict }}.is_of_place
        then 'other_record'
        when {{ verdict }}.verdict = 'not testable'
        then 'report_of_period'
        when {{ verdict }}.n_without_figure > 0
        then 'report_of_period'
        when {{ verdict }}.verdict = 'possible, not proven' and {{ verdict }}.evidence_kind in ('figure', 'change')
        then 'agreeing_reports'
        when {{ verdict }}.verdict = 'possible, not proven'
        then 'missing_reports'
        when {{ verdict }}.verdict = 'right figure, wrong period'
        then 'other_period'
        when {{ verdict }}.verdict = 'close'
        then 'exact_figure'
        when {{ verdict }}.evidence_kind in ('figure', 'change', 'settlement')
        then 'revised_figure'
        when {{ verdict }}.evidence_kind in ('rank', 'streak')
        then 'revised_rank'
        else 'other_record'
    end
{%- endmacro %}
