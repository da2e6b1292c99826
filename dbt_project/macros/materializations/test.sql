{#-
    A data test is one query: no transaction, no table of what it found (the sentence of a failed build runs it again).
    In a copy of the last release it is not asked again where all it reads stands, and of cells only where they changed
    (macros/renewal).
-#}
{% materialization test, adapter='duckdb' %}
    {%- set passed = 'select 0 as failures, false as should_warn, false as should_error' -%}
    {%- set renewal = renewal_of_this() -%}
    {%- set code = code_of_parts(sql, changed_parts()) if renewal == 'parts' else sql -%}
    {% call statement('main', fetch_result=True, auto_begin=False) -%}
        {%- set limited = get_limit_subquery_sql(code, config.get('limit')) -%}
        {%- set fails = config.get('error_if') -%}
        {%- set asked = get_test_sql(limited, config.get('fail_calc'), config.get('warn_if'), fails, limit=none) -%}
        {{ passed if renewal == 'stands' else asked }}
    {%- endcall %}
    {{ return({'relations': []}) }}
{% endmaterialization %}
