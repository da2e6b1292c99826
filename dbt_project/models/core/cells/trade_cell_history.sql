{{ config(meta={'parts': {'trade_cell_state': 'trade_cell_state'}}) }}
-- What was known of a cell once and is no more: vintages that ended. Sources without a replaced file have none.
select
    {% for name in trade_cell_key() + vintage_measures() %} {{ name }}, {% endfor %}
    file_id,
    line,
    vintage_number,
    known_from,
    known_to
from {{ ref('trade_cell_state') }}
where known_to is not null
