{{ config(materialized='view', tags=['cells']) }}
-- Every cell with the time it was known, a row for each time one of its columns changed. What ended stands in
-- trade_cell_history; what is known now is the cell itself, since its file is, or since trade_cell_restated says.
{%- set present = trade_cell_columns() %}
{%- do present.update({'is_additive': 'cell.is_additive'}) %}
select
    {% for name in trade_cell_key() + vintage_measures() %} {{ name }}, {% endfor %}
    file_id,
    line,
    vintage_number,
    known_from,
    known_to,
    false as is_current
from {{ ref('trade_cell_history') }}

union all

select
    {% for name in trade_cell_key() + vintage_measures() %} {{ present[name] }} as {{ name }}, {% endfor %}
    coalesce(restated.file_id, cell.file_id) as file_id,
    coalesce(restated.line, cell.line) as line,
    coalesce(restated.vintage_number, 1) as vintage_number,
    coalesce(restated.known_from, file.known_from) as known_from,
    cast(null as timestamp) as known_to,
    true as is_current
from {{ ref('trade_cell') }} as cell
left join {{ details_of_cells() }} as detail on cell.detail_id = detail.detail_id
left join {{ ref('trade_cell_restated') }} as restated on {{ is_same_cell('cell', 'restated') }}
inner join {{ files_of_cells() }} as file on cell.file_id = file.file_id
