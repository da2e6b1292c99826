-- Exchange rates by every publisher, as published or averaged here; one of them is chosen per pair and period.
select
    base_currency as base_currency_code,
    quote_currency as quote_currency_code,
    period_code,
    rate,
    rate_basis,
    publication_id,
    is_chosen,
    choice_rule,
    file_id,
    line
from {{ ref('int_exchange_rate_chosen') }}
