{#- Keys of the cells of a source that a correction names; publications are corrected report by report instead. -#}
{% macro cells_named_by_a_correction(source_code) -%}
    select distinct {{ trade_cell_key() | join(', ') }}
    from {{ ref('stg_ledger__correction') }}
    where source_code = '{{ source_code }}' and publication_id is null
{%- endmacro %}
