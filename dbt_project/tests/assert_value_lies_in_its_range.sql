{{ config(meta={'parts': {'trade_cell': 'trade_cell'}}) }}
-- The chosen value lies between the smallest and the largest report of its cell; without bounds of its own it is both.
select cell.*, detail.value_usd_min, detail.value_usd_max
from {{ ref('trade_cell') }} as cell
inner join {{ details_of_cells() }} as detail on cell.detail_id = detail.detail_id
where cell.value_usd < detail.value_usd_min or cell.value_usd > detail.value_usd_max
