{#- For a CTE that is read more than once: DuckDB makes it once where it is told to, Spark by itself. -#}
{% macro kept_whole() -%} {{ '' if heavy_engine() == 'spark' else 'materialized' }} {%- endmacro %}

{#-
    For a CTE of cells that is read more than once, each time with another condition: DuckDB would lay all of them aside
    first, untold. To read them again is cheaper, and takes no room.
-#}
{% macro not_kept() -%} {{ '' if heavy_engine() == 'spark' else 'not materialized' }} {%- endmacro %}
