-- Trade of the pairs an event touched, around it: three years and twelve months to either side. Levels side by side; no
-- effect is estimated, and what else happened is not taken out. Means are of matched periods only. Estimates of who
-- did not report are left out.
-- Reason for size: which periods are compared is settled step by step, and only here.
with
    pairs as (

        select event_id, imposing_code as reporter_code, target_code as partner_code
        from {{ ref('fct_event') }}
        where imposing_code is not null and target_code is not null
        union
        select event_id, target_code, imposing_code
        from {{ ref('fct_event') }}
        where imposing_code is not null and target_code is not null

    ),

    windows as (

        select
            event.event_id,
            period.freq_code,
            period.period_code,
            case
                period.freq_code
                when 'A'
                then period.year_number - extract(year from event.event_on)
                else
                    12 * (period.year_number - extract(year from event.event_on))
                    + extract(month from period.period_start)
                    - extract(month from event.event_on)
            end::integer as periods_from_event,
            -- what a period is compared with: the year as far on the other side, the same month of the calendar
            case
                period.freq_code
                when 'A'
                then abs(period.year_number - extract(year from event.event_on))
                else extract(month from period.period_start)
            end::integer as period_match
        from {{ ref('dim_event') }} as event
        inner join
            {{ ref('dim_period') }} as period
            on period.freq_code in ('A', 'M')
            and period.year_number
            between extract(year from event.event_on) - 3 and extract(year from event.event_on) + 3
        where event.event_on is not null and (period.freq_code = 'A' or event.date_precision in ('day', 'month'))

    ),

    observed as (

        select pairs.*, trade.source_code, trade.flow_code, trade.freq_code, trade.period_code, trade.value_usd
        from pairs
        inner join
            {{ ref('trade_flow_period') }} as trade
            on pairs.reporter_code = trade.reporter_code
            and pairs.partner_code = trade.partner_code
        where trade.freq_code in ('A', 'M') and trade.cell_state is distinct from 'estimated'

    ),

    spanned as (

        select
            series.event_id,
            series.reporter_code,
            series.partner_code,
            series.source_code,
            series.flow_code,
            series.freq_code,
            windows.period_code,
            windows.periods_from_event,
            windows.period_match,
            observed.value_usd
        from
            (
                select distinct event_id, reporter_code, partner_code, source_code, flow_code, freq_code from observed
            ) as series
        inner join windows using (event_id, freq_code)
        left join observed using (event_id, reporter_code, partner_code, source_code, flow_code, freq_code, period_code)
        where abs(windows.periods_from_event) <= case series.freq_code when 'A' then 3 else 12 end

    ),

    -- only what has its counterpart on the other side is averaged: one year against three, or winters against summers,
    -- would differ without any event
    matched as (

        select
            *,
            value_usd is not null
            and periods_from_event <> 0
            and count(case when periods_from_event < 0 then value_usd end) over both_sides = 1
            and count(case when periods_from_event > 0 then value_usd end) over both_sides = 1 as is_matched
        from spanned
        window
            both_sides as (
                partition by event_id, reporter_code, partner_code, source_code, flow_code, freq_code, period_match
            )

    )

select
    event_id,
    reporter_code,
    partner_code,
    source_code,
    flow_code,
    freq_code,
    period_code,
    periods_from_event,
    value_usd,
    is_matched,
    {% for side, sign in [('before', '<'), ('after', '>')] %}
        avg(case when is_matched and periods_from_event {{ sign }} 0 then value_usd end) over one_series::decimal(
            18, 3
        ) as mean_{{ side }}_usd,
    {% endfor %}
    count(case when is_matched and periods_from_event < 0 then 1 end) over one_series as n_matched,
    case when value_usd is null then 'not_reported' end as null_reason
from matched
window one_series as (partition by event_id, reporter_code, partner_code, source_code, flow_code, freq_code)
