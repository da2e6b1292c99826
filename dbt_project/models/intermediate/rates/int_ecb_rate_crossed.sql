{{ config(materialized='ephemeral') }}
-- The European Central Bank prices the euro in every currency; what one dollar costs follows from two of its rates of
-- one day.
with
    euro as (

        select
            'EUR' as base_currency,
            record.currency as quote_currency,
            record.time_period as rate_date,
            cast(record.obs_value as decimal(18, 8)) as rate,
            record.publication_id,
            record.file_id,
            record.line,
            cast(file.fetched_at as date) as fetched_on
        from {{ ref('stg_ecb__reference_rate') }} as record
        inner join {{ files_of_records() }} as file on record.file_id = file.file_id
        where record.obs_value is not null

    ),

    dollar_by_euro as (

        select
            'USD' as base_currency,
            euro.quote_currency,
            euro.rate_date,
            cast({{ ratio('euro.rate', 'dollar.rate') }} as decimal(18, 8)) as rate,
            euro.publication_id,
            euro.file_id,
            euro.line,
            euro.fetched_on
        from euro
        inner join euro as dollar on euro.publication_id = dollar.publication_id and euro.rate_date = dollar.rate_date
        where dollar.quote_currency = 'USD' and euro.quote_currency <> 'USD'

    )

select base_currency, quote_currency, rate_date, rate, publication_id, file_id, line, fetched_on
from euro

union all

select base_currency, quote_currency, rate_date, rate, publication_id, file_id, line, fetched_on
from dollar_by_euro
