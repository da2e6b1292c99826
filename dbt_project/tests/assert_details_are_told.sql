-- Every detail a cell points to is there, and no detail without a cell.
select coalesce(cell.detail_id, detail.detail_id) as detail_id
from (select distinct detail_id from {{ ref('trade_cell') }} where detail_id is not null) as cell
full outer join {{ ref('trade_cell_detail') }} as detail on cell.detail_id = detail.detail_id
where cell.detail_id is null or detail.detail_id is null
