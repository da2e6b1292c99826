{#-
    Body of the view fct_trade_vintage: every cell with the time it was known, a row for each time one of its columns
    changed. What ended stands in trade_cell_history; what is known now is the cell itself, since its file is, or since
    trade_cell_restated says. Where `among` names a CTE of cells, of these alone: they are taken out of both first, else the
    engine lays all cells of a year beside all that were restated.
-#}
{% macro trade_vintages(among=none) -%}
    {%- set present = trade_cell_columns() -%}
    {%- do present.update({'is_additive': 'cell.is_additive'}) -%}
    {%- set names = {} -%}
    {%- for name in ['trade_cell', 'trade_cell_restated'] -%}
        {%- do names.update({name: 'chosen_' ~ name if among else ref(name)}) -%}
        {% if among %}
            {{ 'with' if loop.first }} chosen_{{ name }} as {{ kept_whole() }} (
                select cell.* from {{ ref(name) }} as cell inner join {{ among }} on {{ is_same_cell('cell', among) }}
            ) {{ ',' if not loop.last }}
        {% endif %}
    {%- endfor %}
    select
        {% for name in trade_cell_key() + vintage_measures() %} ended.{{ name }}, {% endfor %}
        ended.file_id,
        ended.line,
        ended.vintage_number,
        ended.known_from,
        ended.known_to,
        false as is_current
    from {{ ref('trade_cell_history') }} as ended
    {% if among %} inner join {{ among }} on {{ is_same_cell('ended', among) }} {% endif %}

    union all

    select
        {% for name in trade_cell_key() + vintage_measures() %} {{ present[name] }} as {{ name }}, {% endfor %}
        coalesce(restated.file_id, cell.file_id) as file_id,
        coalesce(restated.line, cell.line) as line,
        coalesce(restated.vintage_number, 1) as vintage_number,
        coalesce(restated.known_from, file.known_from) as known_from,
        cast(null as timestamp) as known_to,
        true as is_current
    from {{ names['trade_cell'] }} as cell
    left join {{ details_of_cells() }} as detail on cell.detail_id = detail.detail_id
    left join {{ names['trade_cell_restated'] }} as restated on {{ is_same_cell('cell', 'restated') }}
    inner join {{ files_of_cells() }} as file on cell.file_id = file.file_id
{%- endmacro %}
