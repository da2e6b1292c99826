{#-
    In a copy of the last release the replays that are not in it are added to int_trade_cell_replayed, those that are no
    more are taken out, and the parts of which one came, went or was renumbered are noted as changed.
-#}
{#- Before: what is noted of replays in the release. -#}
{% macro keep_replays() -%}
    {{ return('create or replace temp table was_replayed as from ' ~ noted_replays()) }}
{%- endmacro %}

{#- The code of this Python model, whose rows are added to those it has. -#}
{% macro py_add_rows(code) -%}
    {{ py_write_table(False, this, code) | replace('create table ' ~ this ~ ' as', 'insert into ' ~ this ~ ' by name') }}
{%- endmacro %}

{#- After: only what is noted stays. -#}
{% macro note_replays() -%}
    {% call statement('main', fetch_result=True) -%}
        create or replace temp table other_replay as
        (from was_replayed except from {{ noted_replays() }})
        union all
        (from {{ noted_replays() }} except from was_replayed);
        insert into {{ renewal_schema() }}.changed
        select distinct '{{ model.name }}', source_code, period_code
        from {{ this }}
        where replay_id in (select replay_id from other_replay);
        delete from {{ this }}
        where replay_id not in (select replay_id from {{ noted_replays() }})
        ;
        {{ proof_of_contract('(from ' ~ this ~ ' where replay_id in (select replay_id from other_replay))') }}
        ;
        select source_code is null
        from {{ renewal_schema() }}.changed
        where model = '{{ model.name }}'
    {%- endcall %}
    {%- do keep_noted(load_result('main').table) -%}
    {%- do use_free_blocks() -%}
    {{ return({'relations': [this]}) }}
{%- endmacro %}

{#- Whether any state of a part has ended. It is asked while models are made, and not where they are only compiled. -#}
{% macro has_replays() -%}
    {%- if not execute or flags.WHICH not in ('build', 'run') -%} {{ return(false) }} {%- endif -%}
    {{ return(run_query('select 1 from ' ~ noted_replays() ~ ' limit 1').rows | length > 0) }}
{%- endmacro %}
