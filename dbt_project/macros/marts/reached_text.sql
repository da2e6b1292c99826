{#-
    What became of a target, in words that go on after "By China’s figures it": evidence of a statement, for people.
    `row` is a row of target_progress.
-#}
{% macro reached_text(row) -%}
    case
        {{ row }}.outcome_code
        when 'no_year'
        then 'is unknown, since no year after its announcement is reported'
        when 'reached'
        then
            'was reached in '
            || {{ row }}.year_reached::varchar
            || case
                when {{ row }}.due_year - {{ row }}.year_reached = 1
                then ', a year early'
                when {{ row }}.due_year > {{ row }}.year_reached
                then ', ' || ({{ row }}.due_year - {{ row }}.year_reached)::varchar || ' years early'
                else ''
            end
        when 'reached_one_year_late'
        then 'was reached in ' || {{ row }}.year_reached::varchar || ', a year late'
        when 'reached_late'
        then
            'was reached in '
            || {{ row }}.year_reached::varchar
            || ', '
            || {{ row }}.n_years_late::varchar
            || ' years late'
        when 'reached_after_gap'
        then
            'was reached by '
            || {{ row }}.year_reached::varchar
            || '; whether by '
            || {{ row }}.due_year::varchar
            || ' is unknown'
        when 'not_reached'
        then 'was not reached by ' || {{ row }}.last_known_year::varchar
        else
            case
                {{ row }}.outcome_code
                when 'unknown_since'
                then 'was not reached by ' || {{ row }}.last_known_year::varchar || '; '
                when 'unknown_between'
                then 'was not reached in the years reported; '
                else 'is unknown: '
            end
            || 'no report of '
            || case
                when {{ row }}.n_missing_years = 1
                then {{ row }}.first_missing_year::varchar
                else
                    case
                        when {{ row }}.n_missing_years = {{ row }}.last_missing_year - {{ row }}.first_missing_year + 1
                        then ''
                        else {{ row }}.n_missing_years::varchar || ' of the years '
                    end
                    || {{ row }}.first_missing_year::varchar
                    || ' to '
                    || {{ row }}.last_missing_year::varchar
            end
            || ' is loaded'
    end
{%- endmacro %}
