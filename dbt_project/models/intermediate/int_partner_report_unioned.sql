-- The partner tables of the quoted sources in one shape. A column a source does not have is NULL.
{% set sources = ['gacc_quoted', 'fcs_quoted', 'partner_quoted', 'imf_dots', 'comtrade_extract'] %}
{% set figures = {
    'exports_usd_bn': ['gacc_quoted', 'fcs_quoted', 'imf_dots', 'comtrade_extract'],
    'imports_usd_bn': ['gacc_quoted', 'fcs_quoted', 'imf_dots', 'comtrade_extract'],
    'turnover_usd_bn': ['gacc_quoted', 'fcs_quoted', 'partner_quoted'],
    'turnover_cny_bn': ['gacc_quoted'],
    'yoy_exports_pct': ['gacc_quoted'],
    'yoy_imports_pct': ['gacc_quoted'],
    'yoy_turnover_pct': ['gacc_quoted', 'fcs_quoted'],
    'share_of_turnover_pct': ['fcs_quoted'],
} %}
{% for source_code in sources %}
    select
        '{{ source_code }}' as source_code,
        'partner_trade' as table_name,
        basis,
        reporter_code,
        partner_code,
        period_start,
        period_end,
        {% for figure, holders in figures.items() -%}
            cast(
                {{ figure if source_code in holders else 'null' }}
                as {{ 'decimal(18, 6)' if figure.endswith('_bn') else 'decimal(9, 3)' }}
            ) as {{ figure }},
        {% endfor -%}
        {{ 'yoy_currency' if source_code in figures['yoy_turnover_pct'] else 'cast(null as varchar)' }} as yoy_currency,
        {{ 'coverage' if source_code == 'comtrade_extract' else "'selected'" }} as coverage,
        -- the compiler of a list says here where a publication gives a revised figure, and why
        case when lower(note) like 'revised%' then note end as revision_note,
        publication_id,
        published_on,
        file_id,
        line
    from {{ ref('stg_' ~ source_code ~ '__partner_trade') }}
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
