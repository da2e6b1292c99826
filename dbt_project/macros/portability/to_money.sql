{#-
    A floating point number in the money type of the warehouse, its halves rounded away from zero. Spark rounds the digits
    a number is printed with; here it rounds the number times a thousand, as DuckDB does.
-#}
{% macro to_money(fraction) -%}
    {%- if heavy_engine() == 'spark' -%}
        cast(cast(round(({{ fraction }}) * cast(1000 as double)) as bigint) * 0.001 as decimal(18, 3))
    {%- else -%} cast({{ fraction }} as decimal(18, 3))
    {%- endif -%}
{%- endmacro %}
