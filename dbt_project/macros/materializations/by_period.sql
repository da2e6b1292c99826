{#-
    A table made from cells, some periods at a time, so that memory does not grow with the years that are there: the
    same rows as of one query, as long as no row draws on cells of two batches. The model says by in_batch where the
    period of its rows stands. What fits one batch is one query.
-#}
{% materialization by_period, adapter='duckdb' %}
    {%- set renewal = renewal_of_this() -%}
    {%- if renewal in ('stands', 'parts') -%} {{ return(let_stand() if renewal == 'stands' else replace_parts()) }}
    {%- elif renewal == 'anew' -%} {%- do run_statement(keep_checksums()) -%}
    {%- endif -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set made = make_intermediate_relation(target) -%}
    {{ drop_relation_if_exists(load_cached_relation(made)) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% for code in batched(compiled_code) %}
        {% if loop.first %} {% call statement('main') -%} {{ create_table_as(False, made, code) }} {%- endcall %}
        {% else %}
            {% call statement('batch_' ~ loop.index) -%} insert into {{ made }} by name {{ code }}
            {%- endcall %}
        {% endif %}
    {% endfor %}

    {% if existing is not none %} {{ adapter.drop_relation(existing) }} {% endif %}
    {{ adapter.rename_relation(made, target) }}
    {% call statement('comments') -%} {{ proven(one_transaction(hooks_and_comments(target)), target) }} {%- endcall %}
    {%- if renewal == 'anew' -%} {%- do run_statement(note_changes()) -%} {%- do use_free_blocks() -%} {%- endif -%}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{#- Cells a batch may have, unless a single period has more: a year of BACI. -#}
{% macro batch_cells() %} {{ return(var('batch_cells', 12000000) | int) }} {% endmacro %}

{#- Marks a column as the period of a model's rows: one of all there can be, until the bounds of a batch take their place. -#}
{% macro in_batch(column) -%} ({{ column }} >= '!first' and {{ column }} < '~last') {%- endmacro %}

{#- The code of a model once for each batch of periods. What has no cells falls between two batches' firsts, too. -#}
{% macro batched(code) -%}
    {#- Spark makes its own parts of what does not fit, so that it is one statement there -#}
    {%- if is_made_on_spark() -%} {{ return([rows_on_engine(code)]) }} {%- endif -%}
    {%- set firsts = batch_firsts() -%}
    {%- set codes = [] -%}
    {%- for first in firsts -%}
        {%- set last = '~last' if loop.last else firsts[loop.index] -%}
        {%- do codes.append(code | replace("'!first'", "'" ~ first ~ "'") | replace("'~last'", "'" ~ last ~ "'")) -%}
    {%- endfor -%}
    {{ return(codes) }}
{%- endmacro %}

{#- The first period of each batch, by the number of cells of the periods in their order. -#}
{% macro batch_firsts() -%}
    {%- set counted = graph.nodes['model.' ~ project_name ~ '.trade_product_sum'].relation_name -%}
    {%- set rows = run_query(
        'select period_code, sum(n_cells)::bigint from ' ~ counted ~ ' where is_additive group by period_code order by period_code'
    ).rows -%}
    {%- set firsts = ['!first'] -%}
    {%- set filled = namespace(cells=0) -%}
    {%- for period, n_cells in rows -%}
        {%- if filled.cells and filled.cells + n_cells > batch_cells() -%}
            {%- do firsts.append(period) -%} {%- set filled.cells = 0 -%}
        {%- endif -%}
        {%- set filled.cells = filled.cells + n_cells -%}
    {%- endfor -%}
    {{ return(firsts) }}
{%- endmacro %}
