-- What was published in dollars is the value in dollars, and a value without a currency is none.
{% for relation in [ref('fct_trade'), ref('fct_trade_total')] %}
    select
        source_code,
        reporter_code,
        partner_code,
        flow_code,
        product_key,
        period_code,
        value_usd,
        value_original,
        original_currency_code
    from {{ relation }}
    where
        (original_currency_code = 'USD' and value_original is distinct from value_usd)
        or (original_currency_code is null) <> (value_original is null)
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
