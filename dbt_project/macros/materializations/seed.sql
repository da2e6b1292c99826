{#-
    A code list as DuckDB reads it: every column has its type in the YAML, so nothing is guessed from the values. dbt's
    own way reads each list twice, once in Python.
-#}
{% materialization seed, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set types = config.get('column_types') -%}
    {% call statement('main') -%}
        {#- relative to the project, where dbt works: the parse may be of another warehouse -#}
        {%- set path = model.original_file_path | replace("'", "''") -%}
        {%- set how = "header = true, delim = ',', quote = '\"', escape = '\"', types = " ~ (types | tojson | replace('"', "'")) -%}
        {%- set read = 'create or replace table ' ~ target ~ " as from read_csv('" ~ path ~ "', " ~ how ~ ')' -%}
        {{ proven(one_transaction([read] + hooks_and_comments(target)), target) }}
    {%- endcall %}
    {#- dbt asks for the rows it would show -#}
    {%- do store_result('agate_table', response='OK') -%}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
