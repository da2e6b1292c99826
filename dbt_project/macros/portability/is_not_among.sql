{#-
    Whether the row `alias` has a counterpart in none of the rows of `relation`, or of those that meet `condition`, by
    `columns`, of which none may be null. Said in two ways: for `not in` Spark compares every row with every other, and
    for `not exists` or an anti join DuckDB may keep the rows of `alias` in memory, which are many, instead of the few
    that are listed.
-#}
{% macro is_not_among(alias, columns, relation, condition='true') -%}
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
