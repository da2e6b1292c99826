{#-
    A build that starts as a copy of the last release makes anew what has changed, and no more. Python says which models
    may have changed, and what they read, in ledger.renewal; here each says, when it was made anew, whether it did change,
    so that what stands behind it may stand as well. Without such a list everything is made.
    A part is a source and a period. Where the rows of a part are made of those of the same part alone, a model says so in
    its meta, and only the parts that changed are replaced:
      parts       {what changes by parts: the relation in its SQL that is then read for those parts alone}
      next_year   which of these a year is made of the year before of, too
      across_sources  of a model whose rows are made of what all sources say of their reporter and period: those of its
                  columns that name a source
      told        what it reads and need not look at: it changes only with what stands in parts
      has_parts   of a model that is always made as a whole: that it has source_code and period_code to compare by
      of_one_source  of a view that has source_code: that a row of it is made of rows of that source alone
      replays     that it holds replays (replays.sql): those it has not are made, those that are no more taken out
-#}
{#- Where the changes are noted while the build goes on: a model, and the part of it, or none where it is unknown. -#}
{% macro renewal_schema() -%} {{ return(target.database ~ '.renewal') }} {%- endmacro %}

{#- Before the first model: a place for the notes. -#}
{% macro prepare_renewal() -%}
    create schema if not exists {{ renewal_schema() }};
    create or replace table {{ renewal_schema() }}.changed (model varchar, source_code varchar, period_code varchar)
{%- endmacro %}

{#-
    After the last model of a copy, beside the release: whose rows may be others than in the release it was copied from,
    of which source and in which year (of all, where none is named). Of a view they are those of the tables it is made of:
    none lays years side by side, and a view that is of_one_source no sources either. So who keeps files of a release need
    not compare them all with the next.
-#}
{% macro keep_renewed() -%}
    {%- if not invocation_args_dict.get('select') -%} drop table if exists {{ renewed() }}
    {%- else -%}
        create or replace table {{ renewed() }} as
        select model as table_name, source_code, left(period_code, 4) as year_code
        from {{ renewal_schema() }}.changed
        union
        select
            made_of.view_name,
            case when made_of.is_of_one_source then changed.source_code end as source_code,
            left(changed.period_code, 4) as year_code
        from {{ renewal_schema() }}.changed as changed
        inner join landed.ledger.made_of as made_of on changed.model = made_of.table_name
    {%- endif -%}
{%- endmacro %}

{#- The table of keep_renewed. -#}
{% macro renewed() -%} workings.intermediate.renewed {%- endmacro %}

{#- After the last one: nothing of it is published. -#}
{% macro drop_renewal() -%} drop schema if exists {{ renewal_schema() }} cascade {%- endmacro %}

{#- The relation of a model, for what is asked while the build goes on: dbt's ref() is for what a model is made of. -#}
{% macro relation_of(name) -%}
    {{ return(graph.nodes['model.' ~ project_name ~ '.' ~ name].relation_name) }}
{%- endmacro %}

{#- Run a statement that has no answer. -#}
{% macro run_statement(code) -%} {% call statement('renewal') -%} {{ code }} {%- endcall %} {%- endmacro %}

{#- What this model reads part by part: nothing where it is not made by parts. -#}
{% macro parts_of_this() -%} {{ return(model.config.get('meta', {}).get('parts', {})) }} {%- endmacro %}

{#-
    What is known of the build so far, kept with dbt's graph, which is one for all nodes of a run, so that no node has to
    ask again: `reads`, what each node reads of what may have changed; `n_values`, those of each table in the release;
    and of the models that were made anew `changed`, whether other rows are in 'parts' of them, in unknown places ('all'),
    or, by no word, in none.
-#}
{% macro renewal_so_far() -%}
    {%- if 'renewal' not in graph -%}
        {%- set reads = "select node, list(parent) as parents from landed.ledger.renewal group by node" -%}
        {%- set n_values = "select table_name, max(estimated_size * column_count) from duckdb_tables() group by all" -%}
        {%- do graph.update({'renewal': {'reads': as_object(reads), 'n_values': as_object(n_values), 'changed': {}}}) -%}
    {%- endif -%}
    {{ return(graph.renewal) }}
{%- endmacro %}

{#-
    Whether this build is a copy of a release. The same code made that, so what its queries are, by name and type of their
    columns, is proven.
-#}
{% macro is_of_a_copy() -%}
    {{ return(invocation_args_dict.get('select') and renewal_so_far().reads | length > 0) }}
{%- endmacro %}

{#- Keep how this model changed, from the answer of note_changes. -#}
{% macro keep_noted(noted) -%}
    {%- set places = noted.rows | map(attribute=0) | list -%}
    {%- do renewal_so_far().changed.update({model.name: ('all' if true in places else 'parts') if places else none}) -%}
{%- endmacro %}

{#- The rows of a query of two columns as an object: what the second says by the first. -#}
{% macro as_object(rows) -%}
    {%- set found = run_query("select coalesce(json_group_object(#1, #2), '{}') from (" ~ rows ~ ') as said') -%}
    {{ return(fromjson(found.rows[0][0])) }}
{%- endmacro %}

{#- What becomes of this model or test: 'made' from nothing, 'stands', 'anew', or 'parts'. -#}
{% macro renewal_of_this() -%}
    {#- who makes everything names nothing: so no node of a build from nothing has to ask -#}
    {%- if not invocation_args_dict.get('select') -%} {{ return('made') }} {%- endif -%}
    {%- set reads = renewal_so_far().reads.get(model.name) -%}
    {%- if not reads or (model.resource_type == 'model' and not load_cached_relation(this)) -%}
        {{ return('made') }}
    {%- endif -%}
    {%- set places, elsewhere = [], [] -%}
    {%- set changed = renewal_so_far().changed -%}
    {%- for parent in reads if not parent or changed.get(parent) -%}
        {%- do (places if changed.get(parent) == 'parts' and parent in parts_of_this() else elsewhere).append(parent) -%}
    {%- endfor -%}
    {%- if not places and not elsewhere -%} {{ return('stands') }} {%- endif -%}
    {{ return('anew' if elsewhere else 'parts') }}
{%- endmacro %}

{#- Leave this model as the release has it. -#}
{% macro let_stand() -%}
    {% call noop_statement('main', message='STANDS', code='STANDS', rows_affected=0) %} {% endcall %}
    {{ return({'relations': [this]}) }}
{%- endmacro %}

{#- Parts of a relation, or the whole of it, each with a checksum of its rows. -#}
{% macro renewal_checksums(relation) -%}
    select
    {% if parts_of_this() or model.config.get('meta', {}).get('has_parts') %} source_code, period_code,
    {% else %} cast(null as varchar) as source_code, cast(null as varchar) as period_code,
    {% endif %}
        count(*) as n_rows,
    {{ checksum_of_rows('record') }} as checksum
    from {{ relation }} as record
    group by all
{%- endmacro %}

{#- Before this model, or what of it is given, is made anew: what it is now. -#}
{% macro keep_checksums(relation=this) -%}
    {{ return('create or replace temp table was_' ~ model.name ~ ' as ' ~ renewal_checksums(relation)) }}
{%- endmacro %}

{#- When it is made: the parts that are others now; the answer says of each whether it is the whole of the model. -#}
{% macro note_changes(relation=this) -%}
    {{ return(
        'insert into ' ~ renewal_schema() ~ ".changed select '" ~ model.name ~ "', "
        ~ 'coalesce(was.source_code, is_now.source_code), coalesce(was.period_code, is_now.period_code) '
        ~ 'from was_' ~ model.name ~ ' as was full outer join ('
        ~ renewal_checksums(relation) ~ ') as is_now on was.source_code is not distinct from is_now.source_code '
        ~ 'and was.period_code is not distinct from is_now.period_code '
        ~ 'where was.n_rows is distinct from is_now.n_rows or was.checksum is distinct from is_now.checksum '
        ~ returning_places()
    ) }}
{%- endmacro %}

{#- What a statement that notes changes gives back, for keep_noted. -#}
{% macro returning_places() -%} returning source_code is null as is_whole {%- endmacro %}

{#- Statements that make this model, between these two where it is made anew. -#}
{% macro with_changes(code, renewal) -%}
    {{ return([keep_checksums(), code, note_changes()] | join(';\n') if renewal == 'anew' else code) }}
{%- endmacro %}

{#- The columns of this model that name a source, where its rows are made of what all sources say. -#}
{% macro columns_of_sources() -%} {{ return(model.config.get('meta', {}).get('across_sources', [])) }} {%- endmacro %}

{#- A query for the changes in what this model reads by parts. -#}
{% macro changes_read() -%}
    {{ return('select * from ' ~ renewal_schema() ~ ".changed where model in ('" ~ parts_of_this() | join("', '") ~ "')") }}
{%- endmacro %}

{#-
    The parts that changed in what this model reads by parts, and so the parts of its own, as a list of pairs: without a
    source, where a period is that of all.
-#}
{% macro changed_parts() -%}
    {%- set found = run_query(
        'select ' ~ ('null' if columns_of_sources() else 'changed.source_code') ~ ' as source_code, changed.period_code, '
        ~ "max(case when changed.model in ('" ~ model.config.meta.get('next_year', []) | join("', '") ~ "') then 1 else 0 end) from "
        ~ '(' ~ changes_read() ~ ') as changed group by all order by all'
    ).rows -%}
    {%- set parts = [] -%}
    {%- for source_code, period_code, makes_next in found -%}
        {%- do parts.append((source_code, period_code)) -%}
        {%- if makes_next and period_code | length == 4 -%}
            {%- do parts.append((source_code, period_code | int + 1)) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(parts) }}
{%- endmacro %}

{#-
    Of a model across sources the reporters whose rows may be others, as a condition on its rows and on what it reads: those
    of which a source that changed says something, or said something that is here. Empty where they are many, or all.
-#}
{% macro of_changed_reporters() -%}
    {%- if not columns_of_sources() -%} {{ return('') }} {%- endif -%}
    {%- set said = [] -%}
    {%- for name in parts_of_this().values() -%}
        {%- do said.append((relation_of(name), 'source_code')) -%}
    {%- endfor -%}
    {%- for column in columns_of_sources() -%} {%- do said.append((this, column)) -%} {%- endfor -%}
    {%- set queries = [] -%}
    {%- for relation, column in said -%}
        {%- do queries.append(
            'select said.reporter_code from ' ~ relation ~ ' as said inner join (' ~ changes_read() ~ ') as changed on said.'
            ~ column ~ ' = changed.source_code and said.period_code = changed.period_code'
        ) -%}
    {%- endfor -%}
    {%- set found = run_query(queries | join(' union ') ~ ' order by all').rows -%}
    {%- if found | length > most_reporters_to_name() -%} {{ return('') }} {%- endif -%}
    {{ return(" and reporter_code in ('" ~ found | map(attribute=0) | join("', '") ~ "')") }}
{%- endmacro %}

{#- A source that speaks of more speaks of nearly all, as the large ones do: to name them would leave little out. -#}
{% macro most_reporters_to_name() -%} {{ return(20) }} {%- endmacro %}

{#-
    A condition for the rows of some parts, or of these and the years before. Columns are compared one by one: a row of
    two that is compared as one is no filter the engine can hand to a scan, nor say how few rows it leaves, and joins
    behind it come in an order that costs a model twice as much.
-#}
{% macro in_parts(parts, with_year_before=false) -%}
    {%- set periods_of = {} -%}
    {%- for source_code, period_code in parts -%}
        {%- set periods = periods_of.setdefault(source_code, []) -%}
        {%- for code in [period_code] + ([period_code | int - 1] if with_year_before else []) -%}
            {%- do periods.append("'" ~ code ~ "'") -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set conditions = [] -%}
    {%- for source_code, periods in periods_of.items() -%}
        {%- set of_source = "source_code = '" ~ source_code ~ "' and " if source_code is not none else '' -%}
        {%- do conditions.append(of_source ~ 'period_code in (' ~ periods | unique | join(', ') ~ ')') -%}
    {%- endfor -%}
    {%- if conditions | length == 1 -%} {{ return(conditions[0]) }} {%- endif -%}
    {#- all periods once more: what lies outside of them need not be read -#}
    period_code in ({{ periods_of.values() | sum(start=[]) | unique | join(', ') }})
    and (({{ conditions | join(') or (') }}))
{%- endmacro %}

{#-
    Whether nearly all cells from the first to the last period of these parts are theirs. The bounds of a batch are enough
    then: to name the parts where cells are read as well would tell the engine of fewer rows than there are, and of a join
    it keeps the larger side in memory, which costs a model half as much again.
-#}
{% macro are_nearly_all_between(parts) -%}
    {%- if are_few_cells() -%} {{ return(false) }} {%- endif -%}
    {%- set periods = parts | map(attribute=1) | map('string') | list -%}
    {%- set found = run_query(
        'select sum(case when ' ~ in_parts(parts) ~ ' then ' ~ var('few_others', 0.1) ~ ' * n_cells else -n_cells end) > 0 from '
        ~ relation_of('trade_product_sum') ~ " where period_code >= '" ~ periods | min ~ "' and period_code < '" ~ periods | max ~ "~'"
    ).rows -%}
    {{ return(found[0][0]) }}
{%- endmacro %}

{#- A condition on the rows of a query that the engine does not ask of what they are made of. -#}
{% macro asked_at_last(condition) -%} case when random() < 2 then {{ condition }} end {%- endmacro %}

{#- SQL of this model or test, reading only these parts of what changed, of all reporters or as a condition says. -#}
{% macro code_of_parts(code, parts, of_reporters='') -%}
    {%- set only = namespace(code=code) -%}
    {%- set years_before = model.config.meta.get('next_year', []) -%}
    {%- set names = {} -%}
    {%- for changed, read in parts_of_this().items() -%}
        {%- for name in ([read] if read is string else read) -%}
            {%- do names.update({name: names.get(name, false) or changed in years_before}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for name, with_year_before in names.items() -%}
        {%- set relation = relation_of(name) -%}
        {%- set part = renewal_schema() ~ '.' ~ model.name[:60] ~ '__' ~ name -%}
        {% do run_statement(
            'create or replace view ' ~ part ~ ' as select * from ' ~ relation ~ ' where '
            ~ in_parts(parts, with_year_before) ~ of_reporters
        ) %}
        {#- in Python the name stands in a text of its own, its quotes escaped -#}
        {%- set only.code = only.code | replace(relation, part) | replace(relation | replace('"', '\\"'), part) -%}
    {%- endfor -%}
    {{ return(only.code) }}
{%- endmacro %}

{#- Where the new rows of a model lie that Python or Spark makes, before they take the place of its parts. -#}
{% macro made_parts() -%}
    {{ return(api.Relation.create(
        database=target.database, schema='renewal', identifier=model.name ~ '__made', type='table'
    )) }}
{%- endmacro %}

{#-
    Replace the parts of this model that changed, from the same parts of what it reads. What stands behind it looks at those
    that hold other rows now; parts of many rows are not compared, since what they were made of did change. `made` is a
    query for their new rows, where a model in Python has made them.
-#}
{% macro replace_parts(made=none) -%}
    {%- set parts, of_reporters = changed_parts(), of_changed_reporters() -%}
    {%- set is_of_them = in_parts(parts) ~ of_reporters -%}
    {%- set here = '(select * from ' ~ this ~ ' where ' ~ is_of_them ~ ')' -%}
    {%- set is_compared = (
        renewal_so_far().n_values.get(this.identifier, 0) <= most_rows_to_compare()
        or run_query('select count(*) from ' ~ here).rows[0][0] <= most_rows_to_compare()
    ) -%}
    {%- set read_as_they_are = (
        not made and not of_reporters and model.config.materialized == 'by_period' and are_nearly_all_between(parts)
    ) -%}
    {%- if made -%} {%- set batches = [made] -%}
    {%- elif model.config.materialized == 'by_period' -%}
        {%- set batches = batched(
            compiled_code if read_as_they_are else code_of_parts(compiled_code, parts, of_reporters), parts
        ) -%}
    {%- else -%} {%- set batches = [rows_on_engine(code_of_parts(compiled_code, parts), made_parts())] -%}
    {%- endif -%}
    {%- set filled = [] -%}
    {%- for batch in batches -%}
        {%- do filled.append(
            'insert into ' ~ this ~ ' by name select * from (' ~ batch ~ ') as made where '
            ~ (asked_at_last(is_of_them) if read_as_they_are else is_of_them)
        ) -%}
    {%- endfor -%}
    {%- set noted = (
        'insert into ' ~ renewal_schema() ~ ".changed select '" ~ model.name ~ "', "
        ~ ('source' if columns_of_sources() else 'part') ~ '.source_code, part.period_code from (values '
        ~ parts_as_values(parts) ~ ') as part (source_code, period_code)'
        ~ (' cross join landed.ledger.source as source ' if columns_of_sources() else ' ')
        ~ returning_places()
    ) -%}
    {% call statement('main', fetch_result=True) -%}
        {{ [
            keep_checksums(here) if is_compared else none, 'delete from ' ~ this ~ ' where ' ~ is_of_them,
            proven(filled | join(';\n'), here),
            note_changes(here) if is_compared else noted,
        ] | select | join(';\n') }}
    {%- endcall %}
    {%- do keep_noted(load_result('main').table) -%}
    {%- do use_free_blocks() -%}
    {{ return({'relations': [this]}) }}
{%- endmacro %}

{#-
    After a model that had many values was made anew in a copy: a checkpoint, so that those that follow write into the
    blocks it has freed. Else the file keeps all of them beside the new rows to the end, and has to be written anew.
-#}
{% macro use_free_blocks() -%}
    {%- if renewal_so_far().n_values.get(this.identifier, 0) > 300000 -%}
        {%- do run_statement('checkpoint ' ~ this.database) -%}
    {%- endif -%}
{%- endmacro %}

{#- Parts larger than this, a large source's year, cost more to compare than is won. -#}
{% macro most_rows_to_compare() -%} {{ return(1000000) }} {%- endmacro %}

{#- Parts as rows of SQL. -#}
{% macro parts_as_values(parts) -%}
    {%- set rows = [] -%}
    {%- for source_code, period_code in parts -%}
        {%- set source = 'null' if source_code is none else "'" ~ source_code ~ "'" -%}
        {%- do rows.append('(' ~ source ~ ", '" ~ period_code ~ "')") -%}
    {%- endfor -%}
    {{ return(rows | join(', ')) }}
{%- endmacro %}

{#-
    A condition for the cells of the parts that changed since the last release, where this build is a copy of it: what
    lays the two side by side need not look at the rest. Without a copy, or where all may have changed: all cells.
-#}
{% macro only_changed_cells() -%}
    {%- if not execute or flags.WHICH != 'build' -%} {{ return('true') }} {%- endif -%}
    {%- set parts = run_query(
        'select distinct source_code, period_code from ' ~ renewal_schema() ~ ".changed where model = 'trade_cell'"
        ~ ' union all select null, null where not exists (select 1 from landed.ledger.renewal) order by all'
    ).rows -%}
    {%- if not parts -%} {{ return('false') }}
    {%- elif none in (parts | map(attribute=0) | list) -%} {{ return('true') }}
    {%- endif -%}
    {{ in_parts(parts) }}
{%- endmacro %}
