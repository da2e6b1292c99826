{{ config(meta={'has_parts': true}) }}
-- The total of one flow by one source, for every period: as published, or the sum of the
-- products where the report is complete. Years, months and cumulative periods stand side by side.
-- Reason for size: the rules for a flow stand in one place, in the order they are tried.
with
    published as (

        select
            source_code,
            reporter_code,
            partner_code,
            flow_code,
            period_code,
            value_usd,
            value_usd_min,
            value_usd_max,
            n_reports,
            valuation_code,
            coverage,
            cell_state,
            choice_rule in ('reports_agree', 'most_corroborated') as is_corroborated,
            publication_id,
            file_id,
            line,
            case when conversion_rule = 'average_rate' then 'converted' else 'published' end as total_rule
        from {{ ref('trade_total') }}
        where flow_code in ('X', 'M', 'T') and value_usd is not null

    ),

    complete_reports as ({{ complete_reports(in_dollars=true) }}),

    summed as (

        select
            products.source_code,
            products.reporter_code,
            products.partner_code,
            products.flow_code,
            products.period_code,
            sum(products.value_usd)::decimal(18, 3) as value_usd,
            {{ one_or_mixed('products.valuation_code') }} as valuation_code,
            min(products.cell_state) as cell_state
        from {{ ref('trade_pair_sum') }} as products
        inner join
            complete_reports as complete
            on products.source_code = complete.source_code
            and products.reporter_code = complete.reporter_code
            and products.flow_code = complete.flow_code
            and products.period_code = complete.period_code
        left join
            published as printed
            on products.source_code = printed.source_code
            and products.reporter_code = printed.reporter_code
            and products.partner_code = printed.partner_code
            and products.flow_code = printed.flow_code
            and products.period_code = printed.period_code
        where products.is_additive and products.classification_code <> 'TOTAL' and printed.source_code is null
        group by all

    ),

    totals as (

        select *
        from published

        union all

        select
            source_code,
            reporter_code,
            partner_code,
            flow_code,
            period_code,
            value_usd,
            value_usd,
            value_usd,
            1,
            valuation_code,
            null,
            cell_state,
            false,
            null,
            null,
            null,
            'sum_of_products'
        from summed

    )

select
    totals.source_code,
    source.priority::integer as source_priority,
    totals.reporter_code,
    totals.partner_code,
    totals.flow_code,
    totals.period_code,
    period.freq_code,
    period.period_start::date as period_start,
    period.period_end::date as period_end,
    period.period_months::integer as period_months,
    period.year_number::integer as year_number,
    totals.value_usd::decimal(18, 3) as value_usd,
    totals.value_usd_min::decimal(18, 3) as value_usd_min,
    totals.value_usd_max::decimal(18, 3) as value_usd_max,
    totals.n_reports::bigint as n_reports,
    coalesce(totals.is_corroborated, false) as is_corroborated,
    totals.total_rule,
    totals.valuation_code,
    totals.coverage,
    totals.cell_state,
    totals.publication_id,
    totals.file_id,
    totals.line::bigint as line
from totals
inner join {{ ref('dim_source') }} as source on totals.source_code = source.source_code
inner join {{ ref('dim_period') }} as period on totals.period_code = period.period_code
