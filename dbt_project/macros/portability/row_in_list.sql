{#- The columns of a row as a subquery after `in` lists them: one value in DuckDB, columns in Spark. -#}
{% macro row_in_list(columns) -%} {{ columns if heavy_engine() == 'spark' else '(' ~ columns ~ ')' }} {%- endmacro %}
