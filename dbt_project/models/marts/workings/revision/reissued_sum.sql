{{ config(
    materialized='by_period',
    tags=['heavy'],
    meta={'parts': {'trade_cell': 'trade_cell', 'trade_cell_restated': 'trade_cell_restated'}}
) }}
-- What the cells add up to that a later file gave again and none ever changed: nearly all there are of a source that
-- revises. Cells that were corrected say nothing of how a source revises.
with
    said_again as (

        select cell.source_code, cell.reporter_code, cell.flow_code, cell.period_code, cell.value_usd
        from {{ ref('trade_cell_restated') }} as restated
        inner join {{ files_of_cells() }} as file on restated.file_id = file.file_id
        inner join {{ ref('trade_cell') }} as cell on {{ is_same_cell('restated', 'cell') }}
        left join {{ details_of_cells() }} as detail on cell.detail_id = detail.detail_id
        where
            {{ in_batch('restated.period_code') }}
            and {{ in_batch('cell.period_code') }}
            and restated.vintage_number = 1
            and file.known_to is not null
            and cell.is_additive
            and cell.value_usd is not null
            and not coalesce(detail.is_corrected, false)

    )

select
    source_code,
    reporter_code,
    flow_code,
    period_code,
    count(*) as n_cells,
    count(case when value_usd = 0 then 1 end) as n_zero,
    cast(sum(abs(value_usd)) as decimal(28, 3)) as absolute_usd
from said_again
group by source_code, reporter_code, flow_code, period_code
