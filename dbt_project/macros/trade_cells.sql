{#- The key of a trade cell. -#}
{% macro trade_cell_key() -%}
    {{ return(['source_code', 'reporter_code', 'partner_code', 'flow_code', 'product_key', 'period_code']) }}
{%- endmacro %}

{#- Whether the cells of two relations are one by its key. -#}
{% macro is_same_cell(left, right) -%}
    {%- for name in trade_cell_key() -%}
        {{ left }}.{{ name }} = {{ right }}.{{ name }} {{ 'and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- Columns of trade_cell_detail, each with what it is made of in priced_cells(). -#}
{% macro trade_cell_detail() -%}
    {{ return({
        'value_usd_min': 'nullif(value_usd_min, value_usd)',
        'value_usd_max': 'nullif(value_usd_max, value_usd)',
        'original_currency_code': 'original_currency_code',
        'conversion_rule': 'conversion_rule',
        'rate_publication_id': 'rate_publication_id',
        'n_reports': 'cast(n_reports as bigint)',
        'choice_rule': 'choice_rule',
        'is_corrected': 'is_corrected',
        'uncorrected_value_usd': 'uncorrected_value_usd',
        'publication_id': 'publication_id',
    }) }}
{%- endmacro %}

{#- Number of a detail, made of what it says: the same detail has the same number in every build. -#}
{% macro trade_cell_detail_id() -%} {{ content_id(trade_cell_detail().values() | list) }} {%- endmacro %}

{#-
    The columns of a whole trade cell, as fct_trade has them, from trade_cell as `cell` and its detail as `detail`.
    A bound that is not in the detail is the value itself.
-#}
{% macro trade_cell_columns() -%}
    {{ return({
        'source_code': 'cell.source_code',
        'reporter_code': 'cell.reporter_code',
        'partner_code': 'cell.partner_code',
        'flow_code': 'cell.flow_code',
        'product_key': 'cell.product_key',
        'period_code': 'cell.period_code',
        'value_usd': 'cell.value_usd',
        'value_usd_min': 'coalesce(detail.value_usd_min, cell.value_usd)',
        'value_usd_max': 'coalesce(detail.value_usd_max, cell.value_usd)',
        'value_original': 'case when ' ~ is_in_dollars() ~ ' then cell.value_usd else cell.value_original end',
        'original_currency_code': "case when cell.detail_id is null then 'USD' else detail.original_currency_code end",
        'conversion_rule': "case when cell.detail_id is not null then detail.conversion_rule "
            ~ "when cell.value_usd is not null then 'published' end",
        'rate_publication_id': 'detail.rate_publication_id',
        'n_reports': 'coalesce(detail.n_reports, 1)',
        'choice_rule': "coalesce(detail.choice_rule, 'only_report')",
        'net_weight_kg': 'cell.net_weight_kg',
        'quantity': 'cell.quantity',
        'quantity_unit_code': 'cell.quantity_unit_code',
        'valuation_code': 'cell.valuation_code',
        'coverage': 'cell.coverage',
        'cell_state': 'cell.cell_state',
        'is_corrected': 'coalesce(detail.is_corrected, false)',
        'uncorrected_value_usd': 'detail.uncorrected_value_usd',
        'publication_id': 'detail.publication_id',
        'file_id': 'cell.file_id',
        'line': 'cell.line',
    }) }}
{%- endmacro %}

{#- Whether a cell was published in dollars. -#}
{% macro is_in_dollars() -%} cell.detail_id is null or detail.original_currency_code = 'USD' {%- endmacro %}

{#-
    Details as one row per number, which they are: of a group the engine knows it, and spares a reader whose columns need
    none of them the join. That is a third of the time of a sum over all cells.
-#}
{% macro each_detail_once() -%}
    select
        detail_id,
        {% for name in trade_cell_detail() %} max({{ name }}) as {{ name }} {{ ',' if not loop.last }} {% endfor %}
    from {{ details_of_cells() }}
    group by detail_id
{%- endmacro %}

{#- Body of the views fct_trade and fct_trade_total: the cells that satisfy `condition`, whole. -#}
{% macro trade_cells(condition) -%}
    select
        {% for name, expression in trade_cell_columns().items() %}
            {{ expression }} as {{ name }} {{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('trade_cell') }} as cell
    left join ({{ each_detail_once() }}) as detail on cell.detail_id = detail.detail_id
    where {{ condition }}
{%- endmacro %}

{#- The same with is_additive beside them, whether they may be added up or not. -#}
{% macro whole_trade_cells(condition) -%}
    select
        {% for name, expression in trade_cell_columns().items() %} {{ expression }} as {{ name }}, {% endfor %}
        cell.is_additive
    from {{ ref('trade_cell') }} as cell
    left join {{ details_of_cells() }} as detail on cell.detail_id = detail.detail_id
    where {{ condition }}
{%- endmacro %}
