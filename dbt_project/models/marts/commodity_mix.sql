-- Commodities in the trade of a pair, one source per cell, with their part of the flow where the
-- flow itself is known for the same period.
with
    chosen as (

        select report.*, source.priority as source_priority
        from {{ ref('commodity_report') }} as report
        inner join {{ ref('dim_source') }} as source on report.source_code = source.source_code
        qualify
            row_number() over (
                partition by
                    report.reporter_code,
                    report.partner_code,
                    report.flow_code,
                    report.period_code,
                    report.commodity_group_code
                order by source.priority nulls last, report.source_code, report.value_rule
            )
            = 1

    ),

    -- the total of the source that gave the commodity before that of any other
    totals as (

        select
            chosen.reporter_code,
            chosen.partner_code,
            chosen.flow_code,
            chosen.period_code,
            chosen.commodity_group_code,
            total.value_usd as flow_usd,
            total.source_code as flow_source_code
        from chosen
        inner join
            {{ ref('trade_flow_period') }} as total
            on chosen.reporter_code = total.reporter_code
            and chosen.partner_code = total.partner_code
            and chosen.flow_code = total.flow_code
            and chosen.period_code = total.period_code
            and total.cell_state is distinct from 'estimated'
        qualify
            row_number() over (
                partition by
                    chosen.reporter_code,
                    chosen.partner_code,
                    chosen.flow_code,
                    chosen.period_code,
                    chosen.commodity_group_code
                order by
                    case when total.source_code = chosen.source_code then 0 else 1 end,
                    total.source_priority nulls last,
                    total.source_code
            )
            = 1

    )

select
    chosen.reporter_code,
    chosen.partner_code,
    chosen.flow_code,
    chosen.period_code,
    chosen.commodity_group_code,
    chosen.source_code,
    chosen.value_usd,
    chosen.value_cny,
    chosen.quantity,
    chosen.quantity_unit_code,
    chosen.value_rule,
    totals.flow_usd,
    totals.flow_source_code,
    (100 * {{ ratio('chosen.value_usd', 'totals.flow_usd') }})::decimal(9, 4) as share_of_flow_pct,
    chosen.share_pct as share_published_pct,
    chosen.share_of,
    chosen.n_reports,
    chosen.publication_id,
    chosen.file_id,
    chosen.line
from chosen
left join
    totals
    on chosen.reporter_code = totals.reporter_code
    and chosen.partner_code = totals.partner_code
    and chosen.flow_code = totals.flow_code
    and chosen.period_code = totals.period_code
    and chosen.commodity_group_code = totals.commodity_group_code
