{#-
    When a target was reached, up to when it was not, and the missing years that leave it unknown, in words that go on
    after "by China's statistic". `row` is a relation of the years since the announcement, without a row where it has
    none.
-#}
{% macro reached_text(row) -%}
    case
        when {{ row }}.last_year is null
        then 'unknown: no year known to be since its announcement is reported'
        when {{ row }}.year_reached is not null
        then 'reached in ' || {{ row }}.year_reached::varchar
        when {{ row }}.n_missing_years = 0
        then 'not reached up to ' || {{ row }}.last_year::varchar
        else
            case
                when {{ row }}.last_known_year < {{ row }}.first_missing_year
                then 'not reached up to ' || {{ row }}.last_known_year::varchar || ', '
                when {{ row }}.last_known_year is not null
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
