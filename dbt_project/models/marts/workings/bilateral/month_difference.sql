-- The last month of a cumulative period: that period less the one a month shorter, of one source.
-- A year serves as the cumulative period of twelve months. Spans turned into dollars at two rates differ by more than
-- the month between them, so they are not subtracted.
with
    cumulative as (

        select *
        from {{ ref('trade_flow_period') }}
        where
            extract(month from period_start) = 1
            and extract(day from period_start) = 1
            and extract(year from period_start) = extract(year from period_end)
            and total_rule <> 'converted'
            and cell_state is distinct from 'estimated'

    )

select
    upto.source_code,
    upto.source_priority,
    upto.reporter_code,
    upto.partner_code,
    upto.flow_code,
    upto.year_number,
    date_trunc('month', upto.period_end)::date as period_start,
    upto.period_end,
    upto.period_code as upto_period_code,
    before.period_code as before_period_code,
    (upto.value_usd - before.value_usd)::decimal(18, 3) as value_usd,
    upto.publication_id,
    upto.file_id,
    upto.line
from cumulative as upto
inner join
    cumulative as before
    on upto.source_code = before.source_code
    and upto.reporter_code = before.reporter_code
    and upto.partner_code = before.partner_code
    and upto.flow_code = before.flow_code
    and upto.year_number = before.year_number
    and upto.period_months = before.period_months + 1
