-- What was published in dollars is the value in dollars; what was not is the original value by the one chosen average
-- rate of its period, to the thousandth; and only where there is none are the dollars unknown. A cell without detail
-- was published in dollars.
{% set rates = ref('fct_exchange_rate') %}
select
    trade.source_code,
    trade.reporter_code,
    trade.partner_code,
    trade.flow_code,
    trade.product_key,
    trade.period_code,
    trade.value_usd,
    trade.value_original,
    trade.original_currency_code,
    trade.conversion_rule
from ({{ whole_trade_cells('cell.detail_id is not null') }}) as trade
left join
    {{ rates }} as direct
    on direct.is_chosen
    and direct.rate_basis = 'period_average'
    and direct.base_currency_code = trade.original_currency_code
    and direct.quote_currency_code = 'USD'
    and direct.period_code = trade.period_code
left join
    {{ rates }} as inverse
    on inverse.is_chosen
    and inverse.rate_basis = 'period_average'
    and inverse.base_currency_code = 'USD'
    and inverse.quote_currency_code = trade.original_currency_code
    and inverse.period_code = trade.period_code
where
    (trade.original_currency_code is null) <> (trade.value_original is null)
    or (trade.conversion_rule is null) <> (trade.value_original is null)
    or (trade.original_currency_code = 'USD' and trade.value_original is distinct from trade.value_usd)
    or (trade.conversion_rule = 'no_rate') <> (trade.value_usd is null and trade.value_original is not null)
    or (trade.conversion_rule = 'no_rate' and coalesce(direct.rate, inverse.rate) is not null)
    or (
        trade.conversion_rule = 'average_rate'
        and (
            trade.rate_publication_id <> coalesce(direct.publication_id, inverse.publication_id)
            or abs(
                trade.value_usd
                - trade.value_original * coalesce(cast(direct.rate as double), {{ ratio('1', 'inverse.rate') }})
            )
            -- a double holds 15 digits
            > 0.0006 + 0.000000000000001 * trade.value_usd
        )
    )
