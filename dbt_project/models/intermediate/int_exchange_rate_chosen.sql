-- Exchange rates by every publisher, as published or averaged here; one of them is chosen per pair and period. A
-- publisher may be preferred for the pairs of one currency only.
-- Rates of months, quarters, cumulative spans and years: the mean of the daily rates on the days of publication, and
-- the last one. The rule: the file was fetched after the period ended, and neither inside it nor at its ends do more
-- than 12 days lack a rate. A currency that was suspended in the course of a year therefore has no rate of that year.
-- Reason for size: an average is one more report to choose among.
{% set longest_gap_days = 12 %}
with
    -- daily rates of every publisher: the price of one unit of the base currency
    daily as (

        {{
            union_of_feeds(
                'daily_rates',
                [
                    'base_currency', 'quote_currency', 'rate_date', 'rate', 'publication_id', 'file_id', 'line', 'fetched_on',
                ],
            )
        }}

    ),

    spans as (

        select
            rate.*,
            make_date(extract(year from rate.rate_date), span.first_month, 1) as period_start,
            last_day(make_date(extract(year from rate.rate_date), span.last_month, 1)) as period_end
        from daily as rate
        inner join
            ({{ calendar_spans() }}) as span
            on extract(month from rate.rate_date) between span.first_month and span.last_month

    ),

    ordered as (

        select
            *,
            lag(rate_date) over one_period as rate_date_before,
            row_number() over (
                partition by publication_id, base_currency, quote_currency, period_start, period_end
                order by rate_date desc, line desc
            ) as position_from_end
        from spans
        window
            one_period as (
                partition by publication_id, base_currency, quote_currency, period_start, period_end
                order by rate_date, line
            )

    ),

    periods as (

        select
            publication_id,
            base_currency,
            quote_currency,
            period_start,
            period_end,
            cast({{ ratio('sum(rate)', 'count(*)') }} as decimal(18, 8)) as average_rate,
            max(case when position_from_end = 1 then rate end) as last_rate,
            min(file_id) as file_id,
            min(case when position_from_end = 1 then line end) as line
        from ordered
        group by publication_id, base_currency, quote_currency, period_start, period_end
        having
            min(fetched_on) > period_end
            and {{ dbt.datediff('period_start', 'min(rate_date)', 'day') }} <= {{ longest_gap_days }}
            and {{ dbt.datediff('max(rate_date)', 'period_end', 'day') }} <= {{ longest_gap_days }}
            and coalesce(max({{ dbt.datediff('rate_date_before', 'rate_date', 'day') }}), 0) <= {{ longest_gap_days }}

    ),

    averaged as (

        {% for basis, rate in [('period_average', 'average_rate'), ('period_end', 'last_rate')] %}
            select
                base_currency,
                quote_currency,
                {{ period_code('period_start', 'period_end') }} as period_code,
                {{ rate }} as rate,
                '{{ basis }}' as rate_basis,
                publication_id,
                file_id,
                line
            from periods
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

    ),

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
        from averaged

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
