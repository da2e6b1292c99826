{#-
    What a table promises of its codes that other tables explain, in one query: one row per broken rule, with the number
    of rows that break it and one of them. What it promises of its own rows stands in its meta and is proven when it is
    made (macros/contract.sql, where the other rules are); a model that is no table of its own says it here.
      relationships    column, to, field: every value is one of another table
-#}
{% test contract(model, relationships=[], grain=[], unique=[], not_null=[], accepted_values={}) %}

    {%- set broken = contract_rules(model, grain, unique, not_null, accepted_values) -%}
    {%- set row = grain or grain_of(model) -%}
    {%- for each in relationships -%}
        {%- set known = '(select ' ~ each.field ~ ' from ' ~ each.to ~ ' where ' ~ each.field ~ ' is not null)' -%}
        {%- set condition = each.column ~ ' is not null and ' ~ each.column ~ ' not in ' ~ known -%}
        {%- do broken.append(contract_broken(model, 'relationships', each.column, condition, row)) -%}
    {%- endfor -%}
    {{ broken | join('\nunion all\n') }}

{% endtest %}
