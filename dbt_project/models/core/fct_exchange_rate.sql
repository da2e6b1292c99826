-- Yearly exchange rates by every publisher; one of them is chosen per pair and period.
with
    rate as (

        select
            record.*,
            preference.preference,
            min(preference.preference) over pair as best_preference,
            count(*) over pair as n_reports,
            row_number() over (
                partition by record.base_currency, record.quote_currency, record.year, record.rate_basis
                order by preference.preference nulls last, record.publication_id, record.line
            ) as position
        from {{ ref('stg_macro_extract__exchange_rate') }} as record
        left join
            {{ ref('exchange_rate_preference') }} as preference on record.publication_id = preference.publication_id
        window pair as (partition by record.base_currency, record.quote_currency, record.year, record.rate_basis)

    )

select
    base_currency as base_currency_code,
    quote_currency as quote_currency_code,
    cast(year as varchar) as period_code,
    rate,
    rate_basis,
    publication_id,
    position = 1 as is_chosen,
    case
        when n_reports = 1
        then 'only_report'
        when best_preference is not null
        then 'preferred_publisher'
        else 'publication_order'
    end as choice_rule,
    file_id,
    line
from rate
