-- The tables by country of China's customs, one row per figure: each flow of the month and cumulated from January on.
{% set tables = [('gacc', 'preliminary_country'), ('gacc_bulletin', 'country')] %}
{% set flows = [('T', 'total'), ('X', 'exports'), ('M', 'imports')] %}
with
    record as (

        {% for source_code, table_name in tables %}
            select
                '{{ source_code }}' as source_code,
                '{{ table_name }}' as table_name,
                area_key,
                period_start,
                period_end,
                make_date(cast(extract(year from period_end) as integer), 1, 1) as year_start,
                currency_code,
                unit_factor,
                {% for flow_code, word in flows %}
                    {{ word }}_month, {{ word }}_cumulative, yoy_{{ word }}_pct,
                {% endfor %}
                file_id,
                line
            from {{ landed(source_code, table_name) }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

    ),

    figure as ({{ gacc_figures(['source_code', 'table_name', 'area_key'], flows) }})

select
    figure.source_code,
    figure.table_name,
    figure.area_key as label,
    label.area_code as partner_code,
    'TOTAL' as product_key,
    figure.flow_code,
    figure.span,
    figure.period_start,
    figure.period_end,
    figure.currency_code,
    figure.amount,
    figure.yoy_pct,
    cast(null as double) as quantity,
    cast(null as varchar) as quantity_unit_code,
    figure.file_id,
    figure.line
from figure
left join {{ ref('gacc_label') }} as label on figure.area_key = label.gacc_label
