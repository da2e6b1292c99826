{#-
    All a table promises of its own rows (`contract` in its meta), as queries for the rules that are broken: one row each,
    with the number of rows that break it and one of them, the column's value and the row's grain.
      grain            no two rows agree in these columns; NULL counts as a value
      unique           no two rows have the same value, each column for itself
      not_null         no row is without a value
      accepted_values  by column: only these
-#}
{% macro contract_rules(relation, grain=[], unique=[], not_null=[], accepted_values={}) -%}
    {%- set broken = [] -%}
    {%- if grain -%} {%- do broken.append(contract_repeated(relation, grain, 'grain')) -%} {%- endif -%}
    {%- for column in unique -%}
        {%- do broken.append(contract_repeated(relation, [column], 'unique', column ~ ' is not null')) -%}
    {%- endfor -%}
    {%- for column in not_null -%}
        {%- do broken.append(contract_broken(relation, 'not_null', column, column ~ ' is null', grain)) -%}
    {%- endfor -%}
    {%- for column, values in accepted_values.items() -%}
        {%- set listed = values | map('string') | map('replace', "'", "''") | join("', '") -%}
        {%- set condition = column ~ " not in ('" ~ listed ~ "')" -%}
        {%- do broken.append(contract_broken(relation, 'accepted_values', column, condition, grain)) -%}
    {%- endfor -%}
    {{ return(broken) }}
{%- endmacro %}

{#-
    A statement that stops the build where the table of this model, or `relation` instead of it, breaks its contract. It
    runs with the statements that make the table: a node of its own for each would cost dbt more than the question.
-#}
{% macro proof_of_contract(relation) -%}
    {%- set contract = model.config.get('meta', {}).get('contract') -%}
    {%- if not contract -%} {{ return('') }} {%- endif -%}
    {%- set told = "column_name || ' breaks ' || broken_rule || ' in ' || n_rows || ' rows, such as ' || example" -%}
    {{ return(
        'select ' ~ stop_with(told, "Its rows are not what its contract says: ") ~ ' from (\n'
        ~ contract_rules(relation, **contract) | join('\nunion all\n') ~ '\n) as broken having count(*) > 0'
    ) }}
{%- endmacro %}

{#- The columns that tell the rows of a table apart, by its relation; none where its contract does not say. -#}
{% macro grain_of(relation) -%}
    {%- for node in (graph.nodes.values() if execute else []) | selectattr('relation_name', 'defined') -%}
        {%- if node.relation_name == relation | string -%}
            {{ return(node.config.get('meta', {}).get('contract', {}).get('grain', [])) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return([]) }}
{%- endmacro %}

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

{#- The values of columns that more than one row has: looked for by a number made of them, and only where that repeats
    by the values themselves. -#}
{% macro contract_repeated(relation, columns, rule, condition='true') -%}
    {%- set named = columns | join(', ') -%}
    select
        '{{ rule }}' as broken_rule,
        '{{ named }}' as column_name,
        count(*) as n_rows,
        min({{ contract_example(columns) }}) as example
    from
        (
            select {{ named }}
            from {{ relation }}
            where
                {{ condition }}
                and {{ row_number_of(columns) }} in (
                    {{ repeated_numbers(
                        'select ' ~ row_number_of(columns) ~ ' as key_number from ' ~ relation ~ ' where ' ~ condition
                    ) }}
                )
            group by {{ named }}
            having count(*) > 1
        ) as repeated
    having count(*) > 0
{%- endmacro %}

{#- Columns of a row as a text, name and value; what is NULL is left out. -#}
{% macro contract_example(columns) -%}
    concat_ws(', '{% for column in columns %}, '{{ column }} ' || cast({{ column }} as varchar){% endfor %})
{%- endmacro %}
