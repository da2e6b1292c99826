{#-
    A table of the candidate in one batch of statements and one transaction: made under its own name, filled, its hooks,
    its comments. Nobody reads a candidate while it is built and a failed build is thrown away, so no second table
    stands beside it to be renamed, nothing is looked up, and there are no grants and no indexes. In a copy of the last
    release it is made only where it must be (macros/renewal).
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set renewal = renewal_of_this() -%}
    {%- if renewal == 'parts' and model.language == 'python' -%}
        {#- dbt runs Python for a materialization alone -#}
        {% call statement('made', language='python') -%}
            {{ py_write_table(False, made_parts(), code_of_parts(compiled_code, changed_parts())) }}
        {%- endcall %}
        {{ return(replace_parts('select * from ' ~ made_parts())) }}
    {%- elif renewal == 'anew' and model.config.meta.get('replays') -%}
        {%- do run_statement(keep_replays()) -%}
        {% call statement('made', language='python') -%} {{ py_add_rows(compiled_code) }}
        {%- endcall %}
        {{ return(note_replays()) }}
    {%- elif renewal in ('stands', 'parts') -%} {{ return(let_stand() if renewal == 'stands' else replace_parts()) }}
    {%- endif -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- if renewal == 'anew' and model.language == 'python' -%} {%- do run_statement(keep_checksums()) -%} {%- endif -%}
    {%- if existing is not none and (existing.is_view or model.language == 'python') -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% if model.language == 'python' %}
        {% call statement('main', language='python') -%}
            {{ py_write_table(False, target, compiled_code) }}
        {%- endcall %}
        {% call statement('comments') -%}
            {{ proven(one_transaction(hooks_and_comments(target)), target) }}
        {%- endcall %}
        {%- if renewal == 'anew' -%} {%- do keep_noted(run_query(note_changes())) -%} {%- endif -%}
    {% else %}
        {% call statement('main', fetch_result=renewal == 'anew') -%}
            {%- set rows = rows_on_engine(compiled_code) -%}
            {%- set code = one_transaction([filled_table(target, rows)] + hooks_and_comments(target)) -%}
            {{ with_changes(proven(code, target), renewal) }}
        {%- endcall %}
        {%- if renewal == 'anew' -%} {%- do keep_noted(load_result('main').table) -%}
        {%- endif -%}
    {% endif %}
    {%- if renewal == 'anew' -%} {%- do use_free_blocks() -%} {%- endif -%}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{#-
    Statements that hold together or not at all; dbt opens no transactions of its own here (profiles.yml). After them come
    the hooks of the model that say `transaction: false`: DuckDB writes to one file in a transaction, and they may write
    to the other one.
-#}
{% macro one_transaction(statements) -%}
    {%- set filled = statements | map('trim') | map('trim', ';') | select | list -%}
    {{ return((['begin'] + filled + ['commit'] + rendered_hooks(false)) | join(';\n')) }}
{%- endmacro %}

{#- Statements that make a table, and then the proof that its rows are what its contract says. -#}
{% macro proven(code, relation) -%}
    {{ return([code, proof_of_contract(relation)] | select | join(';\n')) }}
{%- endmacro %}

{#- The hooks after a model as statements: those inside its transaction, or those after it. -#}
{% macro rendered_hooks(inside_transaction) -%}
    {%- set statements = [] -%}
    {%- for hook in post_hooks | selectattr('transaction', 'equalto', inside_transaction) -%}
        {%- do statements.append(render(hook.get('sql')) | trim) -%}
    {%- endfor -%}
    {{ return(statements | select | list) }}
{%- endmacro %}

{#- The table with its rows; where its columns are a contract, with the types and the constraints of that. -#}
{% macro filled_table(target, code) -%}
    {%- if not config.get('contract').enforced -%}
        {{ return('create or replace table ' ~ target ~ ' as (\n' ~ code ~ '\n)') }}
    {%- endif -%}
    {%- if not is_of_a_copy() -%} {%- do get_assert_columns_equivalent(code) -%} {%- endif -%}
    {%- set made = 'create or replace table ' ~ target ~ get_table_columns_and_constraints() -%}
    {%- set rows = ' (' ~ get_select_subquery(code) ~ ')' -%}
    {{ return(made ~ ';\ninsert into ' ~ target ~ get_column_names() ~ rows) }}
{%- endmacro %}

{#- What follows the rows of a table or view: the hooks of its model, then the descriptions of its YAML as comments. -#}
{% macro hooks_and_comments(target) -%}
    {%- set statements = rendered_hooks(true) -%}
    {%- if config.persist_relation_docs() and model.description -%}
        {%- do statements.append(duckdb__alter_relation_comment(target, model.description)) -%}
    {%- endif -%}
    {%- if config.persist_column_docs() -%}
        {%- for column in model.columns.values() if column.description -%}
            {%- do statements.append(
                'comment on column ' ~ target ~ '.' ~ column.name ~ ' is ' ~ duckdb_escape_comment(column.description)
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(statements) }}
{%- endmacro %}

{#-
    Whether a query has the columns its contract names, by name and type: one question to the engine, where dbt asks it
    for the contract's types, too. What differs in spelling alone, or in truth, is left to dbt, which says what it is.
-#}
{% macro duckdb__get_assert_columns_equivalent(sql) -%}
    {%- set found, named = [], [] -%}
    {%- for column in get_column_schema_from_query(sql) -%}
        {%- do found.append(column.name | lower ~ ' ' ~ column.dtype | lower) -%}
    {%- endfor -%}
    {%- for column in model.columns.values() -%}
        {%- do named.append(column.name | lower ~ ' ' ~ column.data_type | lower | replace(' ', '')) -%}
    {%- endfor -%}
    {%- if found | sort != named | sort -%} {{ return(assert_columns_equivalent(sql)) }} {%- endif -%}
{%- endmacro %}
