-- Exchange rates by every publisher, as published or averaged here; one of them is chosen per pair and period. A
-- publisher may be preferred for the pairs of one currency only.
with
    report as (

        select
            base_currency,
            quote_currency,
            cast(year as varchar) as period_code,
            rate,
            rate_basis,
            publication_id,
            file_id,
            line
        from {{ landed('macro_extract', 'exchange_rate') }}

        union all

        select base_currency, quote_currency, period_code, rate, rate_basis, publication_id, file_id, line
        from {{ ref('int_exchange_rate_averaged') }}

    ),

    rate as (

        select
            report.*,
            min(coalesce(special.preference, general.preference)) over pair as best_preference,
            count(*) over pair as n_reports,
            row_number() over (
                partition by report.base_currency, report.quote_currency, report.period_code, report.rate_basis
                order by coalesce(special.preference, general.preference) nulls last, report.publication_id, report.line
            ) as position
        from report
        left join
            {{ ref('exchange_rate_preference') }} as general
            on report.publication_id = general.publication_id
            and general.currency_code is null
        left join
            {{ ref('exchange_rate_preference') }} as special
            on report.publication_id = special.publication_id
            and special.currency_code in (report.base_currency, report.quote_currency)
        window pair as (partition by report.base_currency, report.quote_currency, report.period_code, report.rate_basis)

    )

select
    base_currency,
    quote_currency,
    period_code,
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
