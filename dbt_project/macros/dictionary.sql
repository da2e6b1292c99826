{#- Tables of the warehouse with their columns, from dbt's graph; landed tables take theirs from the contract. -#}
{% macro documented_tables() -%}
    {%- set tables = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values()
            if node.resource_type in ('model', 'seed') and node.config.materialized in ('table', 'incremental', 'seed') -%}
            {%- set columns = node.columns.values() | list -%}
            {%- if node.name.startswith('stg_') and contract_of(node).columns -%}
                {%- set columns = described_columns(contract_of(node)) -%}
            {%- endif -%}
            {%- if node.resource_type == 'seed' -%}
                {%- set columns = [] -%}
                {%- for column in node.columns.values() -%}
                    {%- do columns.append({
                        'name': column.name, 'description': column.description,
                        'data_type': node.config.column_types.get(column.name),
                    }) -%}
                {%- endfor -%}
            {%- endif -%}
            {%- if columns -%}
                {%- do tables.append({
                    'schema': node.schema, 'name': node.alias or node.name,
                    'description': node.description, 'columns': columns,
                }) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for table in tables_without_model() -%}
            {%- do tables.append({
                'schema': 'raw', 'name': table.name,
                'description': table.contract.description, 'columns': described_columns(table.contract),
            }) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(tables | sort(attribute='schema,name')) }}
{%- endmacro %}

{#- Text for an SQL literal: one line, quotes doubled. -#}
{% macro sql_text(text) -%} {{ (text or '') | replace("'", "''") | replace('\n', ' ') | trim }} {%- endmacro %}

{#- Unit a column is in, by the suffix of its name. -#}
{% macro unit_of(column_name) -%}
    case
        when {{ column_name }} like '%usd_bn'
        then 'billions of current US dollars'
        when {{ column_name }} like '%cny_bn'
        then 'billions of yuan'
        when {{ column_name }} like '%_usd' or {{ column_name }} like '%_usd_min' or {{ column_name }} like '%_usd_max'
        then 'current US dollars'
        when {{ column_name }} = 'value_original'
        then 'units of original_currency_code'
        when {{ column_name }} like '%_cny'
        then 'yuan'
        when {{ column_name }} like '%_kg'
        then 'kilograms'
        when {{ column_name }} like '%_pct' or {{ column_name }} like '%_pct_min' or {{ column_name }} like '%_pct_max'
        then 'percent'
        when {{ column_name }} like '%_days'
        then 'days'
        when {{ column_name }} like '%_months'
        then 'months'
        when {{ column_name }} = 'bytes'
        then 'bytes'
        when {{ column_name }} like '%_at' or {{ column_name }} in ('known_from', 'known_to')
        then 'UTC'
        when left({{ column_name }}, 2) = 'n_'
        then 'count'
    end
{%- endmacro %}
