{#-
    What became of a target, in words that go on after "by China's statistic": evidence of a statement, for people.
    `row` is a row of target_progress.
-#}
{% macro reached_text(row) -%}
    case
        {{ row }}.outcome_code
        when 'no_year'
        then 'unknown: no year known to be since its announcement is reported'
        when 'reached'
        then 'reached in ' || {{ row }}.year_reached::varchar
        when 'reached_one_year_late'
        then 'missed, and reached one year late, in ' || {{ row }}.year_reached::varchar
        when 'reached_late'
        then
            'missed, and reached '
            || {{ row }}.n_years_late::varchar
            || ' years late, in '
            || {{ row }}.year_reached::varchar
        when 'reached_after_gap'
        then
            'reached by '
            || {{ row }}.year_reached::varchar
            || ', but whether by '
            || {{ row }}.due_year::varchar
            || ' is unknown'
        when 'not_reached'
        then 'not reached up to ' || {{ row }}.last_known_year::varchar
        else
            case
                {{ row }}.outcome_code
                when 'unknown_since'
                then 'not reached up to ' || {{ row }}.last_known_year::varchar || ', '
                when 'unknown_between'
                then 'not reached in the years reported, '
                else ''
            end
            || 'unknown for '
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
                    || '-'
                    || {{ row }}.last_missing_year::varchar
            end
            || ': no report'
    end
{%- endmacro %}
