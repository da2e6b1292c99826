-- Every mention of a publication in the records of the quoted sources.
{% set tables = [
    'gacc_quoted__partner_trade', 'gacc_quoted__commodity_trade',
    'fcs_quoted__partner_trade', 'fcs_quoted__commodity_trade',
    'partner_quoted__partner_trade', 'imf_dots__partner_trade',
    'comtrade_extract__partner_trade', 'comtrade_extract__commodity_trade',
    'press_record__statement', 'press_record__target', 'press_record__settlement_share',
    'press_record__event', 'macro_extract__gdp', 'macro_extract__exchange_rate',
] %}
{% for table in tables %}
    select publication_id, publisher, title, url, published_on, file_id, line
    from {{ ref('stg_' ~ table) }}
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
