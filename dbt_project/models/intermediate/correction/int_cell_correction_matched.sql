-- What a source says in the cell a correction names: one row per correction whose cell has such a figure, and whether
-- it is the figure the correction expects. Cells that are read in publications are corrected there, report by report.
with
    cell as (

        select
            correction.correction_code,
            correction.measure_code,
            correction.expected_value,
            correction.new_value,
            cells.source_code,
            cells.reporter_code,
            cells.partner_code,
            cells.flow_code,
            cells.product_key,
            cells.period_code,
            case
                correction.measure_code
                when 'value_usd'
                then cast(cells.value_usd as double)
                when 'value_original'
                then case when cells.original_currency_code <> 'USD' then cast(cells.value_original as double) end
                when 'quantity'
                then cells.quantity
                when 'net_weight_kg'
                then cells.net_weight_kg
            end as figure
        from {{ ref('int_correction_declared') }} as correction
        inner join
            {{ ref('int_trade_cell_unioned') }} as cells
            on correction.source_code = cells.source_code
            and correction.reporter_code = cells.reporter_code
            and correction.partner_code = cells.partner_code
            and correction.flow_code = cells.flow_code
            and correction.product_key = cells.product_key
            and correction.period_code = cells.period_code
        where correction.publication_id is null and cells.publication_id is null

    )

select
    correction_code,
    measure_code,
    source_code,
    reporter_code,
    partner_code,
    flow_code,
    product_key,
    period_code,
    figure,
    new_value,
    {{ is_same_figure('figure', 'expected_value') }} as is_expected
from cell
where figure is not null
