{#-
    The figures of one table of one's own: one select per column of values. `table` is its source, name, and the
    `trade` block of its contract with all defaults in place (flows/contracts/trade_roles.py); codes are resolved later.
-#}
{% macro own_figures(table) -%}
    {%- set trade = table.trade -%}
    {%- for value in trade['values'] %}
        select
            '{{ table.source }}' as source_code,
            '{{ table.name }}' as table_name,
            '{{ trade.reporter.codes if trade.reporter.column else "iso3" }}' as reporter_code_system,
            {{ own_term(trade.reporter) }} as reporter_term,
            '{{ trade.partner.codes if trade.partner.column else "iso3" }}' as partner_code_system,
            {{ own_term(trade.partner) }} as partner_term,
            {{ own_flow(trade, value) }} as flow_term,
            '{{ trade.product.classification }}' as classification_code,
            {{ own_product(trade.product) }} as product_term,
            {{ trade.product.digits or 0 }} as product_digits,
            {{ own_period(trade.period) }} as period_code,
            cast(record.{{ value.column }} * {{ own_worth(value) }} as decimal(18, 3)) as value_original,
            {% if value.currency_column -%}
                coalesce(upper(trim(record.{{ value.currency_column }})), '{{ sql_text(value.currency) }}')
            {%- else -%} '{{ sql_text(value.currency) }}'
            {%- endif %} as currency_code,
            {% if trade.weight -%} {{ exact_product('record.' ~ trade.weight.column, trade.weight.kg_per_unit) }}
            {%- else -%} cast(null as double)
            {%- endif %} as net_weight_kg,
            {% if trade.quantity -%} cast(record.{{ trade.quantity.column }} as double)
            {%- else -%} cast(null as double)
            {%- endif %} as quantity,
            {% if trade.quantity and trade.quantity.unit_column -%}
                trim(cast(record.{{ trade.quantity.unit_column }} as varchar))
            {%- elif trade.quantity -%} '{{ sql_text(trade.quantity.unit) }}'
            {%- else -%} cast(null as varchar)
            {%- endif %} as quantity_unit_term,
            '{{ trade.coverage }}' as coverage,
            {{ loop.index }} as value_position,
            record.file_id,
            record.line
        from {{ landed(table.source, table.name) }} as record {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- The unit of a record, as a contract lists it under `units`. -#}
{% macro own_unit(value) -%} lower(trim(cast(record.{{ value.unit_column }} as varchar))) {%- endmacro %}

{#-
    What one unit of a value is worth: the same in all rows, or by the unit of each; and how many of them a figure
    counts, where each row has its own scale.
-#}
{% macro own_worth(value) -%}
    {%- if value.unit_column -%}
        case
            {{ own_unit(value) }}
            {%- for unit, worth in value.units.items() %}
                when '{{ sql_text(unit | lower) }}' then {{ worth }}
            {%- endfor %}
            else 1
        end
    {%- else -%} {{ value.multiplier }}
    {%- endif -%}
    {%- if value.multiplier_column %}
        * case
            lower(trim(cast(record.{{ value.multiplier_column }} as varchar)))
            {%- for text, factor in value.multipliers.items() %}
                when '{{ sql_text(text | lower) }}' then {{ factor }}
            {%- endfor %}
        end
    {%- endif -%}
{%- endmacro %}

{#- The flow of a value; a row in a unit that is not listed holds a quantity, which has the flow `-`. -#}
{% macro own_flow(trade, value) -%}
    {%- set flow = own_term(trade.flow) if trade.flow else "'" ~ value.flow ~ "'" -%}
    {%- if value.unit_column -%}
        case
            when
                {{ own_unit(value) }} in (
                    {%- for unit in value.units %}'{{ sql_text(unit | lower) }}'{{ ', ' if not loop.last }}{% endfor -%}
                )
            then {{ flow }}
            else '-'
        end
    {%- else -%} {{ flow }}
    {%- endif -%}
{%- endmacro %}

{#- What a role says of a record: its constant, or the text of its column, some of whose words have codes. -#}
{% macro own_term(said) -%}
    {%- if said.column is none -%} '{{ sql_text(said.constant) }}'
    {%- else -%}
        {%- set text = 'trim(cast(record.' ~ said.column ~ ' as varchar))' -%}
        {%- if said['values'] -%}
            case
                lower({{ text }})
                {%- for word, code in said['values'].items() %}
                    when '{{ sql_text(word | lower) }}' then '{{ sql_text(code) }}'
                {%- endfor %}
                else {{ text }}
            end
        {%- else -%} {{ text }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#-
    The HS code without the marks it may be written with, or TOTAL. A code with one dot is a heading and what follows:
    where a spreadsheet took it for a number, 0101.30 became 101.3 and gets its zeros back on both sides.
-#}
{% macro own_product(said) -%}
    {%- set text = "replace(replace(" ~ own_term(said) ~ ", ',', '.'), chr(39), '')" -%}
    {%- set heading, rest = "split_part(" ~ text ~ ", '.', 1)", "split_part(" ~ text ~ ", '.', 2)" -%}
    case
        when
            lower({{ own_term(said) }})
            in ('total'{% for word in said.total %}, '{{ sql_text(word | lower) }}'{% endfor %})
        then 'TOTAL'
        when {{ text }} like '%.%' and {{ text }} not like '%.%.%' and length({{ heading }}) in (3, 4)
        then
            lpad({{ heading }}, 4, '0')
            || rpad({{ rest }}, cast(length({{ rest }}) + mod(length({{ rest }}), 2) as integer), '0')
        else replace(replace(replace({{ text }}, '.', ''), ' ', ''), '-', '')
    end
{%- endmacro %}
