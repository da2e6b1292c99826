{#-
    Contract tables whose current records stand in `raw` as they landed, without a model: whoever doubts a figure finds its
    record there, and a new source can be looked at before anything is made of it. Models read what landed itself
    (macros/current_records). A staging model of the same name, which adds something to the records, takes the place.
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

{#-
    Those of them that are to be made: all, or in a copy of the last release the ones whose current raw files are others
    than those the copy was made of.
-#}
{% macro tables_to_publish(file) -%}
    {%- set kept = run_query(
        "select table_name from duckdb_tables() where database_name = 'workings' and schema_name = 'raw'"
    ).columns[0].values() -%}
    {%- if 'stg_landed__file' not in kept -%} {{ return(tables_without_model()) }} {%- endif -%}
    {%- set names = 'source_code, table_name, file_id' -%}
    {%- set now = 'select ' ~ names ~ ' from ' ~ file ~ ' where is_current' -%}
    {%- set past = 'select ' ~ names ~ ' from workings.raw.stg_landed__file where is_current' -%}
    {%- set changed = run_query(
        "select distinct 'stg_' || source_code || '__' || table_name from ((" ~ now ~ ' except ' ~ past
        ~ ') union all (' ~ past ~ ' except ' ~ now ~ ')) as difference'
    ).columns[0].values() -%}
    {%- set due = [] -%}
    {%- for table in tables_without_model() if table.name in changed or table.name not in kept -%}
        {%- do due.append(table) -%}
    {%- endfor -%}
    {{ return(due) }}
{%- endmacro %}

{#-
    Makes those tables, comments included, in one transaction: a write to the disk for each of hundreds of comments would
    take seconds. Runs before the models, while a copy still knows the files it was made of.
-#}
{% macro publish_tables_without_model() -%}
    create schema if not exists workings.raw;
    {%- if execute -%}
        {%- set file = graph.sources['source.' ~ project_name ~ '.landed.file'].relation_name %}
        begin transaction
        ;
        {%- for table in tables_to_publish(file) %}
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
        commit
        ;
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
