{#-
    A staging table has the columns of its contract, so it takes their descriptions from there too
    instead of repeating them. Run as the post-hook of every staging model.
-#}
{% macro comment_from_contract() -%}
    {%- set contract = contract_of(model) -%}
    {%- for column in contract.columns.values() if column.description %}
    comment on column {{ this }}.{{ column.name }} is '{{ dbt.escape_single_quotes(column.description) }}';
    {%- endfor %}
    {%- for name, text in lineage_descriptions().items() if contract.source_name not in not_contracts() %}
    comment on column {{ this }}.{{ name }} is '{{ text }}';
    {%- endfor %}
{%- endmacro %}

{#- The source node a staging model reads: stg_<source>__<table>. -#}
{% macro contract_of(model) -%}
    {%- set parts = model.name.removeprefix('stg_').split('__') -%}
    {%- set id = 'source.' ~ model.package_name ~ '.' ~ parts[0] ~ '.' ~ parts[1] -%}
    {{ return(graph.sources.get(id, {'columns': {}}) if execute else {'columns': {}}) }}
{%- endmacro %}

{#- The two columns landing adds to every record. -#}
{% macro lineage_descriptions() -%}
    {%- set file_id = 'Raw file the record stands in; core.dim_raw_file describes it.' -%}
    {%- set line = 'Line of the record in the raw file; the header is line 1.' -%}
    {{ return(dict(file_id=file_id, line=line)) }}
{%- endmacro %}
