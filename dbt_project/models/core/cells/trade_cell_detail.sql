{{ config(meta={'told': ['stg_ledger__correction'] + made_into_priced_cells()}) }}
-- depends_on: {{ ref('int_trade_cell_part') }}
-- What few cells have, once for all cells that share it. Cells with a detail of their own and cells with a correction
-- are asked for apart, so that sources which have neither are not read again.
with
    detailed as (

        select *
        from ({{ priced_cells() }}) as cell
        where has_detail

        union all

        select *
        from ({{ priced_cells() }}) as cell
        where has_correction and not has_detail

    )

select distinct
    {{ trade_cell_detail_id() }} as detail_id,
    {% for name, expression in trade_cell_detail().items() %}
        {{ expression }} as {{ name }} {{ ',' if not loop.last }}
    {% endfor %}
from detailed
order by detail_id nulls last
