{#-
    Vintages without a second copy of the rules: every staging and intermediate model notes the SQL it was made with, and
    int_trade_cell_replayed runs that SQL again over the files that were the best knowledge at an earlier moment.
-#}
{% macro note_for_replay() -%}
    {%- if execute and model.language == 'sql' and model.config.materialized in ['table', 'view'] -%}
        insert into {{ replay_schema() }}.step
        values ('{{ this }}', '{{ sql | replace("'", "''") }}')
    {%- endif -%}
{%- endmacro %}

{#- Where the notes and the tables of an earlier moment lie while the build goes on. -#}
{% macro replay_schema() -%} workings.replay {%- endmacro %}

{#- Before the first model: a place for the notes. -#}
{% macro prepare_replay() -%}
    create schema if not exists {{ replay_schema() }};
    create or replace table {{ replay_schema() }}.step (relation_name varchar, sql_text varchar)
{%- endmacro %}

{#- After the last one: nothing of it is published, nor the view of all cells, which reads what landed. -#}
{% macro drop_replay() -%}
    drop schema if exists {{ replay_schema() }} cascade;
    drop view if exists workings.intermediate.{{ view_of_the_build() }}
{%- endmacro %}
