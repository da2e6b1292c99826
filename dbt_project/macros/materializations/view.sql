{#- A view of the candidate, like a table (table.sql): one batch of statements under its own name. -#}
{% materialization view, adapter='duckdb' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='view') -%}
    {%- if existing is not none and not existing.is_view -%} {%- do adapter.drop_relation(existing) -%} {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- set code = view_on_both_engines(compiled_code) if is_seen_by_spark() else compiled_code -%}
    {%- if config.get('contract').enforced and not is_of_a_copy() -%}
        {%- do get_assert_columns_equivalent(code) -%}
    {%- endif -%}
    {% call statement('main') -%}
        {{ one_transaction(
            ['create or replace view ' ~ target ~ ' as (\n' ~ code ~ '\n)'] + hooks_and_comments(target)
        ) }}
    {%- endcall %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
