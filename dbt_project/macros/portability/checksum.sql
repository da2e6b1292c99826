{#-
    A number made of the values of a row. Equal rows have the same one within a query; it is not kept. Spark leaves out
    what is NULL, so there each value says first whether it is.
-#}
{% macro row_number_of(columns) -%}
    {%- if heavy_engine() == 'spark' -%}
        xxhash64({% for column in columns %}{{ column }} is null, {{ column }}{{ ', ' if not loop.last }}{% endfor %})
    {%- else -%} hash({{ columns | join(', ') }})
    {%- endif -%}
{%- endmacro %}

{#- The same of all rows of a relation or group, by its alias. The engines do not tell the same number. -#}
{% macro checksum_of_rows(relation_alias) -%}
    {%- if heavy_engine() == 'spark' -%} {{ sum_of_numbers('xxhash64(to_json(struct(' ~ relation_alias ~ '.*)))') }}
    {%- else -%} {{ sum_of_numbers(row_number_of([relation_alias])) }}
    {%- endif -%}
{%- endmacro %}

{#- A number that differs where the rows of a group do, in whatever order they come. For comparing within one query. -#}
{% macro checksum(columns) -%} {{ sum_of_numbers(row_number_of(columns)) }} {%- endmacro %}

{#- A sum no engine finds too large, as text. -#}
{% macro sum_of_numbers(number) -%}
    {%- if heavy_engine() == 'spark' -%} cast(sum(cast({{ number }} as decimal(38, 0))) as string)
    {%- else -%} cast(sum({{ number }}) as varchar)
    {%- endif -%}
{%- endmacro %}
