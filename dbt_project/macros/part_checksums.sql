{#- Cells and their checksum by source and period: equal where the figures of all cells are. -#}
{% macro part_checksums(cells, condition='true') -%}
    select
        source_code,
        period_code,
        count(*) as n_cells,
        {{ checksum(trade_cell_key() + [
            'value_usd', 'value_original', 'original_currency_code', 'net_weight_kg', 'quantity', 'quantity_unit_code',
        ]) }} as checksum
    from {{ cells }}
    where {{ condition }}
    group by source_code, period_code
{%- endmacro %}
