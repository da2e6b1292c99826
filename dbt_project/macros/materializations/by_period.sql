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

{#-
    Cells a batch may have, unless a single period has more: a year of BACI, or what the memory is enough for. Of 12
    million cells in six years, with sums as many as their years have products, models held more than 2 GB.
-#}
{% macro batch_cells() -%}
    {%- set asked = var('batch_cells', none) -%}
    {{ return(asked or "least(12000000, 3 * parse_formatted_bytes(current_setting('memory_limit')) // 1000)") }}
{%- endmacro %}

{#- Marks a column as the period of a model's rows: one of all there can be, until the bounds of a batch take their place. -#}
{% macro in_batch(column) -%} ({{ column }} >= '!first' and {{ column }} < '~last') {%- endmacro %}

{#-
    The code of a model once for each batch of periods: of all there are, or of those of some parts. What has no cells
    falls between two batches' firsts, too. Spark makes its own parts of what does not fit: all is one batch there.
-#}
{% macro batched(code, parts=none) -%}
    {%- set periods = (parts or []) | map(attribute=1) | map('string') | list -%}
    {%- set further = [] if is_made_on_spark() else batch_firsts(periods) -%}
    {%- set firsts = [periods | min if periods else '!first'] + further -%}
    {%- set last = (periods | max) ~ '~' if periods else '~last' -%}
    {%- set codes = [] -%}
    {%- for first in firsts -%}
        {%- set end = last if loop.last else firsts[loop.index] -%}
        {%- set bounded = code | replace("'!first'", "'" ~ first ~ "'") | replace("'~last'", "'" ~ end ~ "'") -%}
        {%- do codes.append(rows_on_engine(bounded, made_parts() if parts else this)) -%}
    {%- endfor -%}
    {{ return(codes) }}
{%- endmacro %}

{#- The first period of each batch but the first one, by the number of cells of the periods in their order. -#}
{% macro batch_firsts(periods) -%}
    {%- set rows = run_query(
        'select period_code, sum(n_cells)::bigint, (' ~ batch_cells() ~ ')::bigint from '
        ~ relation_of('trade_product_sum') ~ ' where is_additive'
        ~ (" and period_code in ('" ~ periods | join("', '") ~ "')" if periods else '')
        ~ ' group by period_code order by period_code'
    ).rows -%}
    {%- set firsts = [] -%}
    {%- set filled = namespace(cells=0) -%}
    {%- for period, n_cells, most_cells in rows -%}
        {%- if filled.cells and filled.cells + n_cells > most_cells -%}
            {%- do firsts.append(period) -%} {%- set filled.cells = 0 -%}
        {%- endif -%}
        {%- set filled.cells = filled.cells + n_cells -%}
    {%- endfor -%}
    {{ return(firsts) }}
{%- endmacro %}
