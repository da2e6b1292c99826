{{ config(materialized='view') }}
-- The cells of China's customs, preliminary and of the bulletin, in the shape of a trade cell.
select
    figure.source_code,
    figure.reporter_code,
    figure.partner_code,
    figure.flow_code,
    figure.product_key,
    figure.period_code,
    figure.value_usd,
    figure.value_usd as value_usd_min,
    figure.value_usd as value_usd_max,
    coalesce(figure.value_cny, figure.value_usd) as value_original,
    case
        when figure.value_cny is not null then 'CNY' when figure.value_usd is not null then 'USD'
    end as original_currency_code,
    1 as n_reports,
    'only_report' as choice_rule,
    cast(null as double) as net_weight_kg,
    figure.quantity,
    figure.quantity_unit_code,
    {{ valuation_code('figure.flow_code', 'source') }} as valuation_code,
    case when figure.source_code = 'gacc_bulletin' then 'complete' else 'selected' end as coverage,
    'observed' as cell_state,
    false as is_corrected,
    cast(null as decimal(18, 3)) as uncorrected_value_usd,
    cast(null as string) as publication_id,
    figure.file_id,
    figure.line,
    true as is_base
from {{ ref('int_gacc_figure_classified') }} as figure
inner join {{ ref('stg_ledger__source') }} as source on figure.source_code = source.source_code
where figure.excluded_reason is null
