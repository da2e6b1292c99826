-- Daily exchange rates of every publisher: the price of one unit of the base currency. The ECB prices the euro in
-- every currency, the Bank of Russia every currency in roubles, many units at once. What one dollar costs, and one
-- euro in dollars, follows on each day from two rates of one publisher.
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
        inner join {{ ref('stg_landed__file') }} as file on record.file_id = file.file_id
        where record.obs_value is not null

    ),

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
        inner join {{ ref('stg_landed__file') }} as file on record.file_id = file.file_id

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

{% for relation in ['euro', 'dollar_by_euro', 'rouble', 'dollar_by_rouble'] %}
    select base_currency, quote_currency, rate_date, rate, publication_id, file_id, line, fetched_on
    from {{ relation }}
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
