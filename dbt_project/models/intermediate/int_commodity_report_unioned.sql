-- The commodity tables of the quoted sources in one shape. A column a source does not have is NULL.
{% set sources = ['gacc_quoted', 'fcs_quoted', 'comtrade_extract'] %}
{% set press = ['gacc_quoted', 'fcs_quoted'] %}
{% for source_code in sources %}
    select
        '{{ source_code }}' as source_code,
        'commodity_trade' as table_name,
        reporter_code,
        partner_code,
        flow_code,
        commodity_term,
        period_start,
        period_end,
        value_usd_bn,
        cast({{ 'value_cny_bn' if source_code == 'gacc_quoted' else 'null' }} as decimal(18, 9)) as value_cny_bn,
        cast({{ 'quantity' if source_code in press else 'null' }} as decimal(18, 6)) as quantity,
        cast({{ 'quantity_unit' if source_code in press else 'null' }} as varchar) as quantity_unit,
        cast({{ 'yoy_value_pct' if source_code in press else 'null' }} as decimal(9, 3)) as yoy_pct,
        cast({{ 'yoy_value_currency' if source_code in press else 'null' }} as varchar) as yoy_currency,
        cast({{ 'yoy_quantity_pct' if source_code in press else 'null' }} as decimal(9, 3)) as quantity_yoy_pct,
        share_pct,
        share_of,
        publication_id,
        published_on,
        file_id,
        line
    from {{ ref('stg_' ~ source_code ~ '__commodity_trade') }}
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
