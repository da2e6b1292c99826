{#-
    Contract tables no staging model reads yet: their current records are published as they are, so that a new
    source can be looked at before anything is made of it. A staging model of the same name takes the place.
-#}
{% macro tables_without_model() -%}
    {%- set read = graph.nodes.values() | map(attribute='name') | list -%}
    {%- set tables = [] -%}
    {%- for table in graph.sources.values() if table.source_name not in not_contracts() -%}
        {%- set name = 'stg_' ~ table.source_name ~ '__' ~ table.name -%}
        {%- if name not in read and table.config.get('meta', {}).get('publish_raw', true) -%}
            {%- do tables.append({'name': name, 'contract': table}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(tables) }}
{%- endmacro %}

{#- Makes those tables, comments included. Runs when the models are done. -#}
{% macro publish_tables_without_model() -%}
    {%- if execute -%}
        {%- set file = graph.sources['source.' ~ project_name ~ '.landed.file'].relation_name -%}
        {%- for table in tables_without_model() %}
    create schema if not exists workings.raw;
    create or replace table workings.raw.{{ table.name }} as
    select landed.*
    from {{ table.contract.relation_name }} as landed
    inner join {{ file }} as file on landed.file_id = file.file_id
    where file.is_current;
    comment on table workings.raw.{{ table.name }} is '{{ sql_text(table.contract.description) }}';
            {%- for column in described_columns(table.contract) %}
    comment on column workings.raw.{{ table.name }}.{{ column.name }} is '{{ sql_text(column.description) }}';
            {%- endfor %}
        {%- endfor %}
    {%- endif -%}
{%- endmacro %}

{#- Columns of a landed table as published: those of its contract and the two landing adds. -#}
{% macro described_columns(contract) -%}
    {%- set columns = contract.columns.values() | list -%}
    {%- for name, text in lineage_descriptions().items() if contract.source_name not in not_contracts() -%}
        {%- set data_type = 'bigint' if name == 'line' else 'varchar' -%}
        {%- do columns.append({'name': name, 'data_type': data_type, 'description': text}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
