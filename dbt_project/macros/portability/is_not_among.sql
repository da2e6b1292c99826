{#-
    Whether the row `alias` has a counterpart in none of the rows of `relation`, called `listed`, that meet `condition`, by
    `columns`, of which none may be null. Said of lists of several columns in two ways: Spark compares every row with every other for
    `not in`, and DuckDB keeps all of `alias` in memory for `not exists`.
-#}
{% macro is_not_among(alias, columns, relation, condition) -%}
    {%- if heavy_engine() == 'spark' -%}
        not exists (
            select 1
            from {{ relation }} as listed
            where
                {{ condition }}
                {%- for column in columns %} and listed.{{ column }} = {{ alias }}.{{ column }} {%- endfor %}
        )
    {%- else -%}
        ({%- for column in columns %}{{ alias }}.{{ column }} {{ ',' if not loop.last }} {%- endfor %})
        not in (select ({{ columns | join(', ') }}) from {{ relation }} as listed where {{ condition }})
    {%- endif -%}
{%- endmacro %}
