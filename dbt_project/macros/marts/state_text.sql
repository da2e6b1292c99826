{#-
    Whose turnover a row of a pair and year shows, and what is missing, in words. `row` is a relation with
    turnover_state, turnover_basis, the flows' states, bases and amounts, turnover_usd and year_number.
-#}
{% macro state_text(row, reporter, partner) -%}
    case
        when {{ row }}.turnover_state = 'implied_zero'
        then
            'The report of '
            || {{ reporter }}
            || ' for '
            || {{ row }}.year_number::varchar
            || ' is complete and has no trade with '
            || {{ partner }}
            || ': zero.'
        when {{ row }}.turnover_state = 'observed' and {{ row }}.exports_state = 'implied_zero'
        then 'Reported by ' || {{ reporter }} || '; its complete report has no exports to ' || {{ partner }} || '.'
        when {{ row }}.turnover_state = 'observed' and {{ row }}.imports_state = 'implied_zero'
        then 'Reported by ' || {{ reporter }} || '; its complete report has no imports from ' || {{ partner }} || '.'
        when {{ row }}.turnover_state = 'observed' and 'own' not in ({{ row }}.exports_basis, {{ row }}.imports_basis)
        then
            'The total is reported by '
            || {{ reporter }}
            || '; exports and imports are '
            || {{ partner }}
            || '’s figures or estimates.'
        when {{ row }}.turnover_state = 'observed' and {{ row }}.exports_basis <> 'own'
        then
            'The total is reported by '
            || {{ reporter }}
            || '; exports are '
            || {{ partner }}
            || '’s figure or an estimate.'
        when {{ row }}.turnover_state = 'observed' and {{ row }}.imports_basis <> 'own'
        then
            'The total is reported by '
            || {{ reporter }}
            || '; imports are '
            || {{ partner }}
            || '’s figure or an estimate.'
        when {{ row }}.turnover_state = 'observed'
        then 'Reported by ' || {{ reporter }} || '.'
        when {{ row }}.turnover_basis = 'partly_mirror'
        then
            'Reported by '
            || {{ reporter }}
            || ' in part; the other flow is '
            || {{ partner }}
            || '''s figure or an estimate.'
        when {{ row }}.turnover_basis = 'mirror'
        then
            'No report of '
            || {{ reporter }}
            || ' for '
            || {{ row }}.year_number::varchar
            || ' is at hand: the figures are those of '
            || {{ partner }}
            || '.'
        when {{ row }}.turnover_basis = 'derived'
        then
            'No report of '
            || {{ reporter }}
            || ' for '
            || {{ row }}.year_number::varchar
            || ' is at hand: the figures are estimated from others'' reports.'
        when {{ row }}.exports_state <> 'missing' or {{ row }}.imports_state <> 'missing'
        then 'Reported by ' || {{ reporter }} || ' in one flow only; the other is missing, not zero.'
        when {{ row }}.exports_usd is not null or {{ row }}.imports_usd is not null
        then
            'No report of '
            || {{ reporter }}
            || ' for '
            || {{ row }}.year_number::varchar
            || ' is at hand, one flow is another''s figure, the other missing, not zero.'
        else
            'No report of '
            || {{ reporter }}
            || ' on '
            || {{ partner }}
            || ' for '
            || {{ row }}.year_number::varchar
            || ' is at hand, nor one of '
            || {{ partner }}
            || ': missing, not zero.'
    end
{%- endmacro %}
