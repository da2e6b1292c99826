-- Daily exchange rates of every publisher: the price of one unit of the base currency. The ECB prices the euro;
-- what one dollar costs follows on each day from two of its rates. The Bank of Russia prices many units at once.
with
    euro as (

        select
            record.currency,
            record.time_period as rate_date,
            record.obs_value as rate,
            record.publication_id,
            record.file_id,
            record.line,
            cast(file.fetched_at as date) as fetched_on
        from {{ ref('stg_ecb__reference_rate') }} as record
        inner join {{ ref('stg_landed__file') }} as file on record.file_id = file.file_id
        where record.obs_value is not null

    )

select 'EUR' as base_currency, currency as quote_currency, rate_date, rate, publication_id, file_id, line, fetched_on
from euro

union all

select
    'USD' as base_currency,
    euro.currency as quote_currency,
    euro.rate_date,
    cast({{ ratio('euro.rate', 'dollar.rate') }} as decimal(18, 8)) as rate,
    euro.publication_id,
    euro.file_id,
    euro.line,
    euro.fetched_on
from euro
inner join
    euro as dollar
    on euro.publication_id = dollar.publication_id
    and euro.rate_date = dollar.rate_date
    and euro.currency <> dollar.currency
where dollar.currency = 'USD'

union all

select
    record.currency_code as base_currency,
    'RUB' as quote_currency,
    record.rate_date,
    cast({{ ratio('record.value_rub', 'record.nominal') }} as decimal(18, 8)) as rate,
    record.publication_id,
    record.file_id,
    record.line,
    cast(file.fetched_at as date) as fetched_on
from {{ ref('stg_cbr__daily_rate') }} as record
inner join {{ ref('stg_landed__file') }} as file on record.file_id = file.file_id
