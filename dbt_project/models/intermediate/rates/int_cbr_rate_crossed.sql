{{ config(materialized='ephemeral') }}
-- The Bank of Russia prices every currency in roubles, many units at once; what one dollar costs, and one euro in
-- dollars, follows from two of its rates of one day.
with
    rouble as (

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
        inner join {{ files_of_records() }} as file on record.file_id = file.file_id

    ),

    dollar_by_rouble as (

        select
            case when rouble.base_currency = 'EUR' then 'EUR' else 'USD' end as base_currency,
            case when rouble.base_currency = 'EUR' then 'USD' else rouble.base_currency end as quote_currency,
            rouble.rate_date,
            cast(
                case
                    when rouble.base_currency = 'EUR'
                    then {{ ratio('rouble.rate', 'dollar.rate') }}
                    else {{ ratio('dollar.rate', 'rouble.rate') }}
                end as decimal(18, 8)
            ) as rate,
            rouble.publication_id,
            rouble.file_id,
            rouble.line,
            rouble.fetched_on
        from rouble
        inner join
            rouble as dollar on rouble.publication_id = dollar.publication_id and rouble.rate_date = dollar.rate_date
        where dollar.base_currency = 'USD' and rouble.base_currency <> 'USD'

    )

select base_currency, quote_currency, rate_date, rate, publication_id, file_id, line, fetched_on
from rouble

union all

select base_currency, quote_currency, rate_date, rate, publication_id, file_id, line, fetched_on
from dollar_by_rouble
