{#-
    Months as differences of neighbouring cumulative periods of a year, one row each. `relation` has cumulative periods:
    those that begin with their year. `series` are the columns that tell one row of figures from another, `amount` is the
    figure, `kept` what is taken from the later period. Periods that state different codes in a column of `alike` are not
    subtracted.
-#}
{% macro month_differences(relation, series, amount, kept, alike=[]) -%}
    select
        {% for name in series + ['year_number'] %} upto.{{ name }}, {% endfor %}
        date_trunc('month', upto.period_end)::date as period_start,
        upto.period_code as upto_period_code,
        before.period_code as before_period_code,
        (upto.{{ amount }} - before.{{ amount }})::decimal(18, 3) as {{ amount }},
        {% for name in kept %} upto.{{ name }} {{- ',' if not loop.last }} {% endfor %}
    from {{ relation }} as upto
    inner join
        {{ relation }} as before
        on {% for name in series + ['year_number'] %} upto.{{ name }} = before.{{ name }} and {% endfor %}
        upto.period_months = before.period_months + 1
        {% for name in alike -%}
            and coalesce(upto.{{ name }}, before.{{ name }}, '') = coalesce(before.{{ name }}, upto.{{ name }}, '')
        {%- endfor %}
{%- endmacro %}
