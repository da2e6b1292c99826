{#- A data test is one query: no transaction, no table of what it found (the sentence of a failed build runs it again). -#}
{% materialization test, adapter='duckdb' %}
    {% call statement('main', fetch_result=True, auto_begin=False) -%}
        {%- set limited = get_limit_subquery_sql(sql, config.get('limit')) -%}
        {%- set fails = config.get('error_if') -%}
        {{ get_test_sql(limited, config.get('fail_calc'), config.get('warn_if'), fails, limit=none) }}
    {%- endcall %}
    {{ return({'relations': []}) }}
{% endmaterialization %}
