{#-
  The figures of the CTE `record` of a table of customs: one select per flow, of the month and cumulated from January on.
  `columns` go along as they are; `flows` pairs a flow_code with the word its columns begin with.
-#}
{% macro gacc_figures(columns, flows) -%}
    {% for flow_code, word in flows %}
        {% for span, first_day in [('month', 'period_start'), ('cumulative', 'year_start')] %}
            select
                {% for column in columns %} {{ column }}, {% endfor %}
                '{{ flow_code }}' as flow_code,
                '{{ span }}' as span,
                {{ first_day }} as period_start,
                period_end,
                currency_code,
                cast({{ word }}_{{ span }} * unit_factor as decimal(18, 3)) as amount,
                cast({{ 'yoy_' ~ word ~ '_pct' if span == 'cumulative' else 'null' }} as decimal(12, 3)) as yoy_pct,
                file_id,
                line
            from record
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
{%- endmacro %}
