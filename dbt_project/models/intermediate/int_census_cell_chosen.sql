-- Cells of the Census Bureau. Partners that are one area of the warehouse (Gaza and the West Bank) are added up.
-- is_base marks one product level of a flow and period: the finest whose products add up to the World's trade, so that
-- a saved answer of a few products does not stand for all; else the coarsest.
with
    record as (select * from {{ ref('int_census_record_classified') }} where excluded_reason is null),

    level as (

        select flow_code, period_code, n_digits, sum(case when partner_code = 'WLD' then value_usd end) as world_usd
        from record
        group by flow_code, period_code, n_digits

    ),

    compared as (select *, max(world_usd) over (partition by flow_code, period_code) as largest_usd from level),

    base as (

        select
            flow_code,
            period_code,
            coalesce(max(case when world_usd >= 0.999 * largest_usd then n_digits end), min(n_digits)) as n_digits_base
        from compared
        group by flow_code, period_code

    ),

    ranked as (

        select
            *,
            row_number() over (
                partition by partner_code, flow_code, product_key, period_code order by country_code, file_id, line
            ) as position,
            count(*) over (partition by partner_code, flow_code, product_key, period_code) as n_records,
            sum(value_usd) over (partition by partner_code, flow_code, product_key, period_code) as cell_usd
        from record

    ),

    cell as (

        select
            ranked.source_code,
            ranked.reporter_code,
            ranked.partner_code,
            ranked.flow_code,
            ranked.product_key,
            ranked.period_code,
            cast(ranked.cell_usd as decimal(18, 3)) as value_usd,
            ranked.n_digits = base.n_digits_base as is_base,
            ranked.n_digits,
            ranked.n_records,
            ranked.file_id,
            ranked.line
        from ranked
        inner join base on ranked.flow_code = base.flow_code and ranked.period_code = base.period_code
        where ranked.position = 1

    )

select
    cell.source_code,
    cell.reporter_code,
    cell.partner_code,
    cell.flow_code,
    cell.product_key,
    cell.period_code,
    cell.value_usd,
    cell.value_usd as value_usd_min,
    cell.value_usd as value_usd_max,
    cell.value_usd as value_original,
    'USD' as original_currency_code,
    1 as n_reports,
    'only_report' as choice_rule,
    cast(null as double) as net_weight_kg,
    cast(null as double) as quantity,
    cast(null as varchar) as quantity_unit_code,
    {{ valuation_code('cell.flow_code', 'source') }} as valuation_code,
    'complete' as coverage,
    'observed' as cell_state,
    false as is_corrected,
    cast(null as decimal(18, 3)) as uncorrected_value_usd,
    cast(null as varchar) as publication_id,
    cell.file_id,
    cell.line,
    cell.is_base,
    cell.n_digits,
    cell.n_records
from cell
inner join {{ ref('stg_ledger__source') }} as source on cell.source_code = source.source_code
