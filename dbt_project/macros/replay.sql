{#-
    Vintages without a second copy of the rules: every staging and intermediate model notes the SQL it was made with, and
    int_trade_cell_replayed runs that SQL again over the files that were the best knowledge at an earlier moment.
-#}
{% macro note_for_replay() -%}
    {%- if execute and model.language == 'sql' and model.config.materialized in ['table', 'view'] -%}
        {%- set text = dbt.escape_single_quotes(without_order(sql)) -%}
        insert into {{ noted_sql() }}
        values ('{{ this }}', '{{ text }}')
    {%- endif -%}
{%- endmacro %}

{#-
    Before and at the end of a relation in brackets, for which a replay reads `relation`: what only puts rows in an order,
    and names the years there are today, is none of the rules. Comments, put together so that none formats them.
-#}
{% macro replayed_as(relation) -%} {{ '-' ~ '- replayed as ' ~ relation | replace('\n', ' ') }} {%- endmacro %}
{% macro replayed_again() -%} {{ '-' ~ '- replayed again' }} {%- endmacro %}

{#- The SQL of a model with the relation in the place of those brackets. -#}
{% macro without_order(code) -%}
    {%- if replayed_again() not in code -%} {{ return(code) }} {%- endif -%}
    {%- set before, ordered = code.split(replayed_as(''), 1) -%}
    {%- set after = ordered.split(replayed_again(), 1)[1].split(')', 1)[1] -%}
    {{ return(before ~ ordered.split('\n', 1)[0] ~ after) }}
{%- endmacro %}

{#- The notes. They stay: a build that starts as a copy makes few models anew, and replays the others all the same. -#}
{% macro noted_sql() -%} workings.intermediate.noted_sql {%- endmacro %}

{#-
    The replays there are: states of a part, a source or a partition of it, counted back from the current one, with the
    times they begin and end at, and the number that the cells of each have in int_trade_cell_replayed.
-#}
{% macro noted_replays() -%} workings.intermediate.noted_replay {%- endmacro %}

{#- The numbers of the cells as they are now, by part: with the next release, of what was published before. -#}
{% macro noted_numbers() -%} workings.intermediate.noted_number {%- endmacro %}

{#- Where the tables of an earlier moment lie while the build goes on. -#}
{% macro replay_schema() -%} workings.replay {%- endmacro %}

{#- Before the first model: a place for all of these. -#}
{% macro prepare_replay() -%}
    create schema if not exists {{ replay_schema() }};
    create schema if not exists workings.intermediate;
    create table if not exists {{ noted_sql() }} (relation_name varchar, sql_text varchar);
    create table if not exists {{ noted_replays() }} (
        source_code varchar,
        partition_code varchar,
        state_number integer,
        replayed_at timestamp,
        state_began_at timestamp,
        next_replayed_at timestamp,
        replay_id varchar
    );
    create table if not exists {{ noted_numbers() }} (source_code varchar, partition_code varchar, replay_id varchar)
{%- endmacro %}

{#- After the last one: nothing of it is published. -#}
{% macro drop_replay() -%}
    drop schema if exists {{ replay_schema() }} cascade;
    delete from {{ noted_sql() }}
    where rowid not in (select max(rowid) from {{ noted_sql() }} group by relation_name)
{%- endmacro %}

{#-
    Since when a state of a cell is known: since its file is, where that came after the state began; else since another
    file ended that it held before, where one did (`ended`), else since the state began.
-#}
{% macro known_since(state_began_at, file_known_from, ended=none) -%}
    case
        when {{ state_began_at }} is null or {{ file_known_from }} >= {{ state_began_at }}
        then {{ file_known_from }}
        {%- if ended %} when {{ ended }} >= {{ state_began_at }} then {{ ended }} {%- endif %}
        else {{ state_began_at }}
    end
{%- endmacro %}
