{#- Before the first model: attach the release this build is compared with, where there is one. -#}
{% macro attach_last_release() -%}
    {%- if last_release_path() -%}
        attach if not exists '{{ dbt.escape_single_quotes(last_release_path()) }}' as last_release(read_only)
    {%- else -%} select 'nothing to compare with' as last_release
    {%- endif -%}
{%- endmacro %}

{#-
    Its file; empty where there is none. Whether there is one is asked when the SQL runs: the path is the same in every
    run, and so dbt keeps its parse.
-#}
{% macro last_release_path() -%}
    {%- set path = env_var('ENTREPOT_LAST_RELEASE', '') -%}
    {%- if execute and path -%}
        {%- set found = run_query("select file from glob('" ~ dbt.escape_single_quotes(path) ~ "')") -%}
        {%- if found.rows | length -%} {{ return(path) }} {%- endif -%}
    {%- endif -%}
    {{ return('') }}
{%- endmacro %}

{#- The rows of a table of the last release, the columns of its source; none where there is no last release. -#}
{% macro rows_of_last_release(table_name) -%}
    {%- set table = source('last_release', table_name) -%}
    {%- set columns = [] -%}
    {%- if execute -%}
        {%- set id = 'source.' ~ project_name ~ '.last_release.' ~ table_name -%}
        {#- a unit test knows no sources: it gives the columns it needs -#}
        {%- set columns = graph.get('sources', {}).get(id, {}).get('columns', {}).values() -%}
    {%- endif -%}
    {%- if last_release_path() -%} select {{ columns | map(attribute='name') | join(', ') or '*' }} from {{ table }}
    {%- else -%}
        select
            {% for column in columns %}
                cast(
                    null as {{ column.data_type | replace('varchar', 'string') }}
                ) as {{ column.name }} {{ ',' if not loop.last }}
            {% endfor %}
        where false
    {%- endif -%}
{%- endmacro %}

{#-
    The trade cells of the last release, whether they could be added up or not. No model, since the engine would lay aside
    what two CTEs of a reader ask of it.
-#}
{% macro cells_of_last_release() -%}
    select *, true as is_additive
    from ({{ rows_of_last_release('fct_trade') }}) as additive

    union all

    select *, false as is_additive
    from ({{ rows_of_last_release('fct_trade_total') }}) as other
{%- endmacro %}
