{#- Whether a model or seed is a table or view of a release, in either of its files. -#}
{% macro is_released(node) -%}
    {{ return(
        node.resource_type in ('model', 'seed')
        and node.config.materialized in ('table', 'by_period', 'incremental', 'seed', 'view')
    ) }}
{%- endmacro %}

{#-
    Tables, views and table macros with their columns, from the graph of dbt; landed tables take theirs from the
    contract. To a reader a view is a table like any other: core.fct_trade is one.
-#}
{% macro documented_tables() -%}
    {%- set tables = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() if is_released(node) -%}
            {%- set columns = node.columns.values() | list -%}
            {%- if node.name.startswith('stg_') and contract_of(node).columns -%}
                {%- set columns = described_columns(contract_of(node)) + columns -%}
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
                    'kind': 'table', 'database': node.database, 'schema': node.schema, 'name': node.alias or node.name,
                    'description': node.description, 'columns': columns,
                }) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for table in tables_without_model() -%}
            {%- do tables.append({
                'kind': 'table', 'database': 'workings', 'schema': 'raw', 'name': table.name,
                'description': table.contract.description, 'columns': described_columns(table.contract),
            }) -%}
        {%- endfor -%}
        {%- for table_macro in table_macros() -%}
            {%- for kind, part in [
                ('table_macro', table_macro.columns), ('parameter', table_macro.parameters),
            ] -%}
                {%- set columns = [] -%}
                {%- for name, data_type, text in part -%}
                    {%- do columns.append({
                        'name': name, 'data_type': data_type, 'description': text,
                        'meta': {'unit': table_macro.get('units', {}).get(name)},
                    }) -%}
                {%- endfor -%}
                {%- do tables.append({
                    'kind': kind, 'database': target.database, 'schema': table_macro.schema, 'name': table_macro.name,
                    'description': table_macro.description, 'columns': columns,
                }) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(tables | sort(attribute='schema,name,kind')) }}
{%- endmacro %}

{#-
    The tables documented here and their columns as two lists of rows of SQL, numbered by table: text without a blank too
    many, since there are thousands.
-#}
{% macro documented_rows() -%}
    {%- set rows = {'tables': [], 'columns': []} -%}
    {%- for table in documented_tables() -%}
        {%- set number = loop.index -%}
        {%- set named = [table.kind, table.database, table.schema, table.name, sql_text(table.description)] -%}
        {%- do rows.tables.append('(' ~ number ~ ", '" ~ named | join("', '") ~ "')") -%}
        {%- for column in table.columns -%}
            {%- set unit = (column.get('meta') or {}).get('unit') or '' -%}
            {%- set told = [column.name, column.data_type or '', unit, sql_text(column.description)] -%}
            {%- do rows['columns'].append('(' ~ number ~ ', ' ~ loop.index ~ ", '" ~ told | join("', '") ~ "')") -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(rows) }}
{%- endmacro %}

{#- Text for an SQL literal: one line, quotes doubled. -#}
{% macro sql_text(text) -%} {{ (text or '') | replace("'", "''") | replace('\n', ' ') | trim }} {%- endmacro %}

{#- Unit a column is in, by its name; the first pattern that fits. A column named otherwise says it in its YAML. -#}
{% macro unit_of(column_name) -%}
    case
        {% for unit, patterns in [
            ('billions of current US dollars', ['%usd_bn']),
            ('billions of yuan', ['%cny_bn']),
            ('current US dollars', ['%_usd', '%_usd_min', '%_usd_max']),
            ('units of original_currency_code', ['value_original']),
            ('yuan', ['%_cny']),
            ('kilograms', ['%_kg']),
            ('percent', ['%_pct', '%_pct_min', '%_pct_max']),
            ('percentage points', ['%_points']),
            ('kilometres', ['%_km']),
            ('persons', ['%_persons']),
            ('days', ['%_days']),
            ('months', ['%_months']),
            ('bytes', ['bytes']),
            ('UTC', ['%_at', 'known_from', 'known_to']),
            ('count', ['n#_%', '%_count']),
            ('calendar year', ['year_number', '%_year', '%year_reached']),
            ('line of the raw file', ['line', '%_line']),
            ('rank, 1 is the largest', ['rank', 'rank#_%', '%_rank', '%_rank#_%']),
            ('number in a series', ['%_number']),
            ('periods', ['periods#_%']),
            ('years', ['streak#_%']),
            ('index, 1 is no change', ['price#_%', 'volume#_%']),
            ('logarithms', ['log#_%']),
            ('robust standard deviations', ['%_z']),
            ('units of quantity_unit_code', ['quantity']),
            ('ratio', ['%_ratio', '%_share', 'weight', '%_weight', 'weight#_%', '%_hhi', '%_margin', 'tau', 'tau#_%']),
        ] %}
            when
                {% for pattern in patterns %}
                    {{ column_name }} like '{{ pattern }}' escape '#' {% if not loop.last %} or {% endif %}
                {% endfor %}
            then '{{ unit }}'
        {% endfor %}
    end
{%- endmacro %}
