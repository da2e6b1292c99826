{#-
    All a table promises of its own rows and of the codes in them, in one query: one row per rule that is broken, with the
    number of rows that break it and one of them: the column's value and the row's grain.
      grain            no two rows agree in these columns; NULL counts as a value
      unique           no two rows have the same value, each column for itself
      not_null         no row is without a value
      accepted_values  by column: only these
      relationships    column, to, field: every value is one of another table
-#}
{% test contract(model, grain=[], unique=[], not_null=[], accepted_values={}, relationships=[]) %}

    {%- set broken = [] -%}
    {%- if grain -%} {%- do broken.append(contract_repeated(model, grain, 'grain')) -%} {%- endif -%}
    {%- for column in unique -%}
        {%- do broken.append(contract_repeated(model, [column], 'unique', column ~ ' is not null')) -%}
    {%- endfor -%}
    {%- for column in not_null -%}
        {%- do broken.append(contract_broken(model, 'not_null', column, column ~ ' is null', grain)) -%}
    {%- endfor -%}
    {%- for column, values in accepted_values.items() -%}
        {%- set listed = values | map('string') | map('replace', "'", "''") | join("', '") -%}
        {%- set condition = column ~ " not in ('" ~ listed ~ "')" -%}
        {%- do broken.append(contract_broken(model, 'accepted_values', column, condition, grain)) -%}
    {%- endfor -%}
    {%- for each in relationships -%}
        {%- set known = '(select ' ~ each.field ~ ' from ' ~ each.to ~ ' where ' ~ each.field ~ ' is not null)' -%}
        {%- set condition = each.column ~ ' is not null and ' ~ each.column ~ ' not in ' ~ known -%}
        {%- do broken.append(contract_broken(model, 'relationships', each.column, condition, grain)) -%}
    {%- endfor -%}
    {{ broken | join('\nunion all\n') }}

{% endtest %}
