{#-
    Code of the span from one day to another, both included:
      2021                    the whole year
      2021-M03                one month; January alone too
      2021-YTD07              January to July, two to eleven months
      2021-Q2                 a quarter that does not begin in January (that one is YTD03)
      2022-03-01/2023-02-28   anything else
-#}
{% macro period_code(start_on, end_on) -%}
    case
        when
            extract(day from {{ start_on }}) <> 1
            or {{ end_on }} <> last_day({{ end_on }})
            or extract(year from {{ start_on }}) <> extract(year from {{ end_on }})
        then {{ iso_date(start_on) }} || '/' || {{ iso_date(end_on) }}
        when extract(month from {{ start_on }}) = 1 and extract(month from {{ end_on }}) = 12
        then {{ year_text(start_on) }}
        when extract(month from {{ start_on }}) = extract(month from {{ end_on }})
        then {{ year_text(start_on) }} || '-M' || {{ month_text(end_on) }}
        when extract(month from {{ start_on }}) = 1
        then {{ year_text(start_on) }} || '-YTD' || {{ month_text(end_on) }}
        when
            extract(month from {{ start_on }}) in (4, 7, 10)
            and extract(month from {{ end_on }}) = extract(month from {{ start_on }}) + 2
        then {{ year_text(start_on) }} || '-Q' || cast(extract(quarter from {{ end_on }}) as varchar)
        else {{ iso_date(start_on) }} || '/' || {{ iso_date(end_on) }}
    end
{%- endmacro %}

{% macro year_text(day) -%} cast(extract(year from {{ day }}) as varchar) {%- endmacro %}

{% macro month_text(day) -%} lpad(cast(extract(month from {{ day }}) as varchar), 2, '0') {%- endmacro %}

{% macro iso_date(day) -%} cast(cast({{ day }} as date) as varchar) {%- endmacro %}
