-- What turns an amount in a currency into dollars: the chosen average rate of the period between it and the dollar.
-- Rates are quoted both ways round; where both are known, dollars for one unit go first.
select
    case when base_currency = 'USD' then quote_currency else base_currency end as currency_code,
    period_code,
    rate,
    quote_currency = 'USD' as is_dollars_per_unit,
    publication_id
from {{ ref('int_exchange_rate_chosen') }}
where is_chosen and rate_basis = 'period_average' and 'USD' in (base_currency, quote_currency)
qualify
    row_number() over (
        partition by case when base_currency = 'USD' then quote_currency else base_currency end, period_code
        order by case when quote_currency = 'USD' then 0 else 1 end, publication_id
    )
    = 1
