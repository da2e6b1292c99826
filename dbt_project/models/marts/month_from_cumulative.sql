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

        {{ month_differences(
            'cumulative',
            ['source_code', 'reporter_code', 'partner_code', 'flow_code', 'product_key', 'currency_code'],
            'amount',
            ['file_id', 'line'],
        ) }}

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
            difference.amount as difference_value,
            printed.amount as printed_value,
            (printed.amount - difference.amount)::decimal(18, 3) as deviation_value,
            {{ rounding_tolerance('difference.source_code', 'difference.currency_code') }}::decimal(
                18, 3
            ) as tolerance_value,
            case
                when printed.amount is null
                then 'only_difference'
                when
                    abs(printed.amount - difference.amount)
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
