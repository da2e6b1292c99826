-- The chosen value lies between the smallest and the largest report of its cell.
{% for relation in [ref('fct_trade'), ref('fct_trade_total')] %}
    select
        source_code,
        reporter_code,
        partner_code,
        flow_code,
        product_key,
        period_code,
        value_usd,
        value_usd_min,
        value_usd_max
    from {{ relation }}
    where value_usd not between value_usd_min and value_usd_max
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
