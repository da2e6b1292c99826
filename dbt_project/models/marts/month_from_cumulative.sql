-- Months as differences of neighbouring cumulative figures of one source and currency, as known now, checked against
-- the months printed. A disagreement is shown and left as it is: the later cumulative figure holds revisions of the
-- months before it. January and February stay one period where only their sum is printed.
with
    printed_level as materialized({{ printed_level() }}),

    cumulative as (

        select *
        from printed_level
        where
            freq_code in ('A', 'M', 'YTD')
            and extract(month from period_start) = 1
            and extract(year from period_start) = extract(year from period_end)

    ),

    difference as (

        select
            upto.source_code,
            upto.reporter_code,
            upto.partner_code,
            upto.flow_code,
            upto.product_key,
            upto.currency_code,
            upto.year_number,
            date_trunc('month', upto.period_end)::date as period_start,
            upto.period_code as upto_period_code,
            before.period_code as before_period_code,
            (upto.amount - before.amount)::decimal(18, 3) as difference_value,
            upto.file_id,
            upto.line
        from cumulative as upto
        inner join
            cumulative as before
            on upto.source_code = before.source_code
            and upto.reporter_code = before.reporter_code
            and upto.partner_code = before.partner_code
            and upto.flow_code = before.flow_code
            and upto.product_key = before.product_key
            and upto.currency_code = before.currency_code
            and upto.year_number = before.year_number
            and upto.period_months = before.period_months + 1

    ),

    month_from_cumulative as (

        select
            difference.source_code,
            difference.reporter_code,
            difference.partner_code,
            difference.flow_code,
            difference.product_key,
            {{ month_code('difference.year_number', 'difference.period_start', '1') }} as period_code,
            difference.currency_code,
            difference.upto_period_code,
            difference.before_period_code,
            difference.difference_value,
            printed.amount as printed_value,
            (printed.amount - difference.difference_value)::decimal(18, 3) as deviation_value,
            {{ rounding_tolerance('difference.source_code', 'difference.currency_code') }}::decimal(
                18, 3
            ) as tolerance_value,
            case
                when printed.amount is null
                then 'only_difference'
                when
                    abs(printed.amount - difference.difference_value)
                    <= {{ rounding_tolerance('difference.source_code', 'difference.currency_code') }}
                then 'agrees'
                else 'disagrees'
            end as month_state,
            difference.file_id,
            difference.line
        from difference
        left join
            printed_level as printed
            on difference.source_code = printed.source_code
            and difference.reporter_code = printed.reporter_code
            and difference.partner_code = printed.partner_code
            and difference.flow_code = printed.flow_code
            and difference.product_key = printed.product_key
            and difference.currency_code = printed.currency_code
            and printed.freq_code = 'M'
            and difference.period_start = printed.period_start

    )

select *
from {{ shown_step('month_from_cumulative') }}
