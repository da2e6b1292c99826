-- Every figure beside every figure of the same cell, itself included: do the two reports say the same?
with figure as (select * from {{ ref('int_trade_figure_unpivoted') }})

select
    figure.cell_key,
    figure.measure_code,
    figure.unit_code,
    figure.report_key,
    other.report_key as other_key,
    other.publication_id as other_publication_id,
    abs(figure.amount - other.amount)
    <= {{ agreement_margin('figure.measure_code', 'figure.amount', 'other.amount') }} as agrees
from figure
inner join
    figure as other
    on figure.cell_key = other.cell_key
    and figure.measure_code = other.measure_code
    and figure.unit_code = other.unit_code
