-- Currencies and the baskets payment statistics lump together.
select currency_code, currency_name, currency_kind from {{ ref('currency') }}
