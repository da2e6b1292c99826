{#- For a CTE that is read more than once: DuckDB makes it once where it is told to, Spark by itself. -#}
{% macro kept_whole() -%} {{ '' if heavy_engine() == 'spark' else 'materialized' }} {%- endmacro %}
