-- The reports of the quoted sources with their misprints put right, before one is chosen among them.
with
    matched as ({{ report_corrections() }}),

    correction as (

        select
            report_key,
            {% for measure in ['value_usd', 'value_original', 'quantity', 'yoy_pct'] %}
                max(case when measure_code = '{{ measure }}' then new_value end) as {{ measure }}
                {{ ',' if not loop.last }}
            {% endfor %}
        from matched
        where is_expected
        group by report_key

    )

select
    report.report_key,
    report.source_code,
    report.basis,
    report.publication_id,
    report.published_on,
    report.reporter_code,
    report.partner_code,
    report.flow_code,
    report.product_key,
    report.period_code,
    report.period_start,
    report.period_end,
    coalesce(cast(correction.value_usd as decimal(18, 3)), report.value_usd) as value_usd,
    coalesce(
        {{ printed_decimals('cast(correction.value_usd * 0.000000001 as decimal(18, 9))') }}, report.value_usd_decimals
    ) as value_usd_decimals,
    coalesce(cast(correction.value_original as decimal(18, 3)), report.value_cny) as value_cny,
    coalesce(
        {{ printed_decimals('cast(correction.value_original * 0.000000001 as decimal(18, 9))') }},
        report.value_cny_decimals
    ) as value_cny_decimals,
    coalesce(cast(correction.quantity as double), report.quantity) as quantity,
    report.quantity_decimals,
    report.quantity_unit_code,
    coalesce(cast(correction.yoy_pct as decimal(9, 3)), report.yoy_pct) as yoy_pct,
    coalesce({{ printed_decimals('correction.yoy_pct') }}, report.yoy_decimals) as yoy_decimals,
    report.yoy_currency,
    report.quantity_yoy_pct,
    report.share_pct,
    report.share_of,
    report.revision_note,
    report.valuation_code,
    report.coverage,
    correction.report_key is not null as is_corrected,
    case when correction.value_usd is not null then report.value_usd end as uncorrected_value_usd,
    report.file_id,
    report.line
from {{ ref('int_trade_report_harmonised') }} as report
left join correction on report.report_key = correction.report_key
