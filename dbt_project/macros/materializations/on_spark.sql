{#-
    The rows of a model as a query of DuckDB: its own code, or a reader of the Parquet Spark has made from it. What the code
    reads goes to the lake first, unless it lies there: landed files of large sources, and what Spark itself has made.
    `relation` is the name of the rows in the lake.
-#}
{% macro rows_on_engine(code, relation=this) -%}
    {%- if not is_made_on_spark() -%} {{ return(code) }} {%- endif -%}
    {%- for read, file in answer_of('lake_wants', [code]) -%}
        {%- do run_statement(copy_to_lake(read, file)) -%}
    {%- endfor -%}
    {%- set types = {} -%}
    {%- if config.get('contract').enforced -%}
        {%- for column in model.columns.values() -%}
            {%- do types.update({column.name: column.data_type}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set made = answer_of('on_spark', [relation | string, code, tojson(types)]) -%}
    {%- if made.error -%}
        {%- do exceptions.raise_compiler_error('Spark could not make ' ~ model.name ~ ': ' ~ made.error) -%}
    {%- endif -%}
    {%- set typed = [] -%}
    {%- for name, type in types.items() -%}
        {%- do typed.append('cast(' ~ name ~ ' as ' ~ type ~ ') as ' ~ name) -%}
    {%- endfor -%}
    {{ return('select ' ~ (typed | join(', ') or '*') ~ " from read_parquet('" ~ sql_text(made.folder) ~ "/*.parquet')") }}
{%- endmacro %}

{#- Whether Spark knows this model: a heavy one where the target says so. A view is its own there, made of the same SQL. -#}
{% macro is_seen_by_spark() -%} {{ return(target.name == 'spark' and is_heavy(model)) }} {%- endmacro %}

{#- Whether Spark makes the rows of this model. -#}
{% macro is_made_on_spark() -%}
    {{ return(is_seen_by_spark() and model.config.materialized in ('table', 'by_period')) }}
{%- endmacro %}

{#- Tells Spark of a view by its compiled code; the same view in DuckDB's words, for the file and its readers. -#}
{% macro view_on_both_engines(code) -%}
    {%- do answer_of('lake_view', [this | string, code]) -%}
    {#- what is rendered here is DuckDB's (heavy_engine) -#}
    {%- set in_file = render(model.raw_code) -%}
    {%- if '__dbt__cte__' in in_file -%}
        {%- do exceptions.raise_compiler_error(model.name ~ ' is a view over an ephemeral model, which cannot be made for two engines') -%}
    {%- endif -%}
    {{ return(in_file) }}
{%- endmacro %}

{#- What a function of flows/steps/building/spark/plugin.py says. -#}
{% macro answer_of(function, texts) -%}
    {%- set quoted = [] -%}
    {%- for text in texts -%} {%- do quoted.append("'" ~ (text | replace("'", "''")) ~ "'") -%} {%- endfor -%}
    {{ return(fromjson(run_query('select ' ~ function ~ '(' ~ quoted | join(', ') ~ ')').rows[0][0])) }}
{%- endmacro %}

{#- Writes the rows of a relation to a file of the lake. Parquet has no whole number of 128 bits, and would round it. -#}
{% macro copy_to_lake(relation, file) -%}
    {%- set columns = [] -%}
    {%- for name, type in run_query('select column_name, column_type from (describe ' ~ relation ~ ')').rows -%}
        {%- do columns.append('cast(' ~ name ~ ' as decimal(38, 0)) as ' ~ name if type == 'HUGEINT' else name) -%}
    {%- endfor -%}
    {{ return('copy (select ' ~ columns | join(', ') ~ ' from ' ~ relation ~ ") to '" ~ sql_text(file) ~ "' (format parquet)") }}
{%- endmacro %}
