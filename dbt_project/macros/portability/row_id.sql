{#-
    What tells the rows of a kept relation apart, whose key these columns are. DuckDB counts them, since numbers are put in
    order fastest; Spark makes a relation again for each reader, so there it is the key as one text.
-#}
{% macro row_id(columns) -%}
    {%- if heavy_engine() == 'spark' -%} {{ columns | join(" || '|' || ") }}
    {%- else -%} row_number() over ()
    {%- endif -%}
{%- endmacro %}
