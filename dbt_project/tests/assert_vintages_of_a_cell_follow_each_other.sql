-- A cell is known as one thing at a time: a vintage ends after it began, and the next one begins no sooner than it
-- ended.
with
    following as (

        select
            *,
            lead(known_from) over (
                partition by source_code, reporter_code, partner_code, flow_code, product_key, period_code
                order by vintage_number
            ) as next_known_from
        from {{ ref('fct_trade_vintage') }}

    )

select *
from following
where known_to <= known_from or next_known_from < known_to or (known_to is null and next_known_from is not null)
