{#-
    A table made from cells, some periods at a time, so that memory does not grow with the years that are there: the
    same rows as of one query, as long as no row draws on cells of two batches. The model says by in_batch where the
    period of its rows stands. What fits one batch is one query.
-#}
{% materialization by_period, adapter='duckdb' %}
    {%- set renewal = renewal_of_this() -%}
    {%- if renewal in ('stands', 'parts') -%}
        {{ return(let_stand() if renewal == 'stands' else replace_parts()) }}
    {%- endif -%}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main', fetch_result=renewal == 'anew') -%}
        {%- set filled = [] -%}
        {%- for rows in batched(compiled_code) -%}
            {%- do filled.append(
                filled_table(target, rows) if loop.first else 'insert into ' ~ target ~ ' by name ' ~ rows
            ) -%}
        {%- endfor -%}
        {%- set code = (filled + [one_transaction(hooks_and_comments(target))]) | join(';\n') -%}
        {{ with_changes(proven(code, target), renewal) }}
    {%- endcall %}
    {%- if renewal == 'anew' -%}
        {%- do keep_noted(load_result('main').table) -%} {%- do use_free_blocks() -%}
    {%- endif -%}
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
    The same for the period and the reporter of the rows `alias`, where no row draws on cells of two reporters either: a
    model that lays states of cells side by side has several rows in memory for each, so a period is made in slices.
-#}
{% macro in_slice(alias) -%}
    {{ in_batch(alias ~ '.period_code') }}
    and ({{ alias }}.reporter_code >= '!first reporter' and {{ alias }}.reporter_code < '~last reporter')
{%- endmacro %}

{#-
    The code of a model once for each batch of periods, or slice of them: of all there are, or of those of some parts. What
    has no cells falls between two batches' firsts, too. Spark makes its own parts of what does not fit: all is one batch
    there, as it is where the code names no bounds.
-#}
{% macro batched(code, parts=none) -%}
    {%- set periods = (parts or []) | map(attribute=1) | map('string') | list -%}
    {%- set last = (periods | max) ~ '~' if periods else '~last' -%}
    {%- set batches = [] -%}
    {%- if "'!first'" in code and not is_made_on_spark() -%}
        {%- set batches = batches_of(periods, "'!first reporter'" in code) -%}
    {%- endif -%}
    {%- set codes = [] -%}
    {%- for period, reporters in batches or [(none, [])] -%}
        {%- set first = period if not loop.first else (periods | min if periods else '!first') -%}
        {%- set next_first = last if loop.last else batches[loop.index][0] -%}
        {%- for reporter in ['!first reporter'] + reporters -%}
            {%- set next_reporter = '~last reporter' if loop.last else reporters[loop.index0] -%}
            {%- set bounded = namespace(code=code) -%}
            {%- for mark, bound in [
                ('!first', first), ('~last', next_first), ('!first reporter', reporter), ('~last reporter', next_reporter),
            ] -%}
                {%- set bounded.code = bounded.code | replace("'" ~ mark ~ "'", "'" ~ bound ~ "'") -%}
            {%- endfor -%}
            {%- do codes.append(rows_on_engine(bounded.code, made_parts() if parts else this)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(codes) }}
{%- endmacro %}

{#- How many cells a period and a reporter have: as trade_product_sum counts them, once it is made. -#}
{% macro counted_cells() -%}
    {%- if model.name != 'trade_product_sum' -%} {{ return(relation_of('trade_product_sum')) }} {%- endif -%}
    (
        select period_code, reporter_code, is_additive, count(*) as n_cells
        from {{ relation_of('trade_cell') }}
        group by all
    )
{%- endmacro %}

{#-
    Whether all cells together fit one slice: asked once in a build, by a model that is made when they have been counted. In
    a copy trade_product_sum counts those of the release till then.
-#}
{% macro are_few_cells() -%}
    {%- if 'are_few_cells' not in graph -%}
        {%- if 'model.' ~ project_name ~ '.trade_product_sum' not in model.depends_on.nodes -%}
            {{ return(false) }}
        {%- endif -%}
        {%- set found = run_query(
            'select coalesce(sum(n_cells), 0) <= (' ~ batch_cells() ~ ') // 8 from ' ~ counted_cells() ~ ' as counted'
        ).rows -%}
        {%- do graph.update({'are_few_cells': found[0][0]}) -%}
    {%- endif -%}
    {{ return(graph.are_few_cells) }}
{%- endmacro %}

{#-
    The first period of each batch, by the number of cells of the periods in their order, and where one period is more than
    a slice may have the reporters at which its further slices begin. A slice has an eighth of what a batch may have.
-#}
{% macro batches_of(periods, is_sliced) -%}
    {%- if are_few_cells() -%} {{ return([]) }} {%- endif -%}
    {%- set rows = run_query(
        'select period_code, ' ~ ('reporter_code' if is_sliced else 'null') ~ ', sum(n_cells)::bigint, '
        ~ '((' ~ batch_cells() ~ ') // ' ~ (8 if is_sliced else 1) ~ ')::bigint from '
        ~ counted_cells() ~ ' as counted where is_additive'
        ~ (" and period_code in ('" ~ periods | join("', '") ~ "')" if periods else '')
        ~ ' group by all order by all'
    ).rows -%}
    {%- set batches = [] -%}
    {%- set filled = namespace(batch=0, slice=0) -%}
    {%- for period, of_period in rows | groupby(0) -%}
        {%- set n_cells, most_cells = of_period | sum(attribute=2), of_period[0][3] -%}
        {%- if not batches or filled.batch + n_cells > most_cells -%}
            {%- do batches.append((period, [])) -%} {%- set filled.batch = 0 -%}
        {%- endif -%}
        {%- set filled.batch = filled.batch + n_cells -%}
        {%- set filled.slice = 0 -%}
        {%- for _, reporter, n_reported, _ in of_period if is_sliced and n_cells > most_cells -%}
            {%- if filled.slice and filled.slice + n_reported > most_cells -%}
                {%- do batches[-1][1].append(reporter) -%} {%- set filled.slice = 0 -%}
            {%- endif -%}
            {%- set filled.slice = filled.slice + n_reported -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(batches) }}
{%- endmacro %}
