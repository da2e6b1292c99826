{#-
    What a model of the year reads of the cells, to follow `from`: those of whole years that may be added up and nobody
    estimated, each with its places in the one HS revision of its source, from `places`, a relation that has the columns
    of product_placed. A cell has a row for every product that takes a part of it; placed_part gives the part.
-#}
{% macro yearly_cells(places) -%}
    {{ ref('trade_cell') }} as cell
    inner join
        {{ ref('dim_period') }} as period
        on cell.period_code = period.period_code
        and period.freq_code = 'A'
        and cell.is_additive
        and cell.cell_state is distinct from 'estimated'
    inner join
        {{ places }} as placed
        on cell.source_code = placed.source_code
        and cell.product_key = placed.reported_product_key
{%- endmacro %}

{#- The part of a cell a place takes, as split_by_weight. -#}
{% macro placed_part(column, data_type) -%} {{ split_by_weight(column, data_type, 'placed') }} {%- endmacro %}

{#- Statistic whose figures are reconciled: one per exporter, importer and product. -#}
{% macro reconciled_statistic() %} 'BACI'{% endmacro %}
