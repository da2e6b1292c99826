-- Landed records that are no trade cell of their own, nor a figure of the size of an economy, counted by reason:
-- nothing is dropped in silence.
with
    excluded as (

        {{
            union_of_feeds(
                'excluded_rows',
                ['source_code', 'file_id', 'reason', 'n_rows', 'value_usd', 'value_original', 'original_currency_code'],
                shared=['int_own_row_excluded'],
            )
        }}

    )

select
    source_code,
    file_id,
    reason,
    cast(sum(n_rows) as bigint) as n_rows,
    -- records without a value, and quantities, are worth nobody knows what
    cast(
        case
            when original_currency_code = 'USD' and reason not in ('no_value', 'other_measure') then sum(value_usd)
        end as decimal(18, 3)
    ) as value_usd,
    cast(
        case when reason not in ('no_value', 'other_measure') then sum(value_original) end as decimal(18, 3)
    ) as value_original,
    original_currency_code
from excluded
group by source_code, file_id, reason, original_currency_code
