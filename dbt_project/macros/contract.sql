{#- The rows of a model that satisfy a condition they must not: none, or one row that says how many. -#}
{% macro contract_broken(relation, rule, column, condition, grain) -%}
    select
        '{{ rule }}' as broken_rule,
        '{{ column }}' as column_name,
        count(*) as n_rows,
        min({{ contract_example([column] + (grain | reject('equalto', column) | list)) }}) as example
    from {{ relation }}
    where {{ condition }}
    having count(*) > 0
{%- endmacro %}

{#- The values of columns that more than one row has. -#}
{% macro contract_repeated(relation, columns, rule, condition='true') -%}
    {%- set named = columns | join(', ') -%}
    select
        '{{ rule }}' as broken_rule,
        '{{ named }}' as column_name,
        count(*) as n_rows,
        min({{ contract_example(columns) }}) as example
    from
        (
            select {{ named }} from {{ relation }} where {{ condition }} group by {{ named }} having count(*) > 1
        ) as repeated
    having count(*) > 0
{%- endmacro %}

{#- Columns of a row as a text, name and value; what is NULL is left out. -#}
{% macro contract_example(columns) -%}
    concat_ws(', '{% for column in columns %}, '{{ column }} ' || cast({{ column }} as varchar){% endfor %})
{%- endmacro %}
