{#-
    The engine the SQL of a model is written for: 'spark' for a heavy model where the target says so, else 'duckdb'. A
    macro of this folder that differs between the two asks it; all other SQL of heavy models is the same on both. What a
    materialization, a hook or a test says is always DuckDB's.
-#}
{% macro heavy_engine() -%}
    {{ return('spark' if target.name == 'spark' and not sql and is_heavy(model) else 'duckdb') }}
{%- endmacro %}

{#- Whether a node is a model that reads landed rows or cells. -#}
{% macro is_heavy(node) -%}
    {%- set tags = node.config.get('tags', []) -%}
    {{ return(node.resource_type == 'model' and node.language == 'sql' and ('heavy' in tags or 'cells' in tags)) }}
{%- endmacro %}
