-- The partner tables of the quoted sources in one shape. A column a source does not have is NULL.
{% set figures = {
    'exports_usd_bn': 'decimal(18, 6)',
    'imports_usd_bn': 'decimal(18, 6)',
    'turnover_usd_bn': 'decimal(18, 6)',
    'turnover_cny_bn': 'decimal(18, 6)',
    'yoy_exports_pct': 'decimal(9, 3)',
    'yoy_imports_pct': 'decimal(9, 3)',
    'yoy_turnover_pct': 'decimal(9, 3)',
    'share_of_turnover_pct': 'decimal(9, 3)',
    'yoy_currency': 'varchar',
} %}
{% for report in fed('partner_reports') %}
    select
        '{{ report.source }}' as source_code,
        '{{ report.table }}' as table_name,
        basis,
        reporter_code,
        partner_code,
        period_start,
        period_end,
        {% for figure, data_type in figures.items() -%}
            cast({{ figure if figure in report.columns else 'null' }} as {{ data_type }}) as {{ figure }},
        {% endfor -%}
        {{ 'coverage' if 'coverage' in report.columns else "'selected'" }} as coverage,
        -- the compiler of a list says here where a publication gives a revised figure, and why
        case when lower(note) like 'revised%' then note end as revision_note,
        publication_id,
        published_on,
        file_id,
        line
    from {{ fed_rows(report) }}
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
