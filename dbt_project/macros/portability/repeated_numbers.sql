{#-
    The numbers, `key_number` of the query `numbered`, that more than one row has. DuckDB puts them in order: to group
    twenty million takes nearly twice as long, and more room. Spark would put them all in one place for that.
-#}
{% macro repeated_numbers(numbered) -%}
    {%- if heavy_engine() == 'spark' -%}
        select key_number from ({{ numbered }}) as numbered group by key_number having count(*) > 1
    {%- else -%}
        select key_number
        from
            (
                select key_number, lag(key_number) over (order by key_number nulls last) as number_before
                from ({{ numbered }}) as numbered
            ) as in_order
        where key_number = number_before
    {%- endif -%}
{%- endmacro %}
