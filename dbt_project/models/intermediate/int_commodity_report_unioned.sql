-- The commodity tables of the quoted sources in one shape. A column a source does not have is NULL.
{% set figures = {
    'value_cny_bn': ('value_cny_bn', 'decimal(18, 9)'),
    'quantity': ('quantity', 'decimal(18, 6)'),
    'quantity_unit': ('quantity_unit', 'varchar'),
    'yoy_value_pct': ('yoy_pct', 'decimal(9, 3)'),
    'yoy_value_currency': ('yoy_currency', 'varchar'),
    'yoy_quantity_pct': ('quantity_yoy_pct', 'decimal(9, 3)'),
} %}
{% for report in fed('commodity_reports') %}
    select
        '{{ report.source }}' as source_code,
        '{{ report.table }}' as table_name,
        reporter_code,
        partner_code,
        flow_code,
        commodity_term,
        period_start,
        period_end,
        value_usd_bn,
        {% for figure, (name, data_type) in figures.items() -%}
            cast({{ figure if figure in report.columns else 'null' }} as {{ data_type }}) as {{ name }},
        {% endfor -%}
        share_pct,
        share_of,
        publication_id,
        published_on,
        file_id,
        line
    from {{ fed_rows(report) }}
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
