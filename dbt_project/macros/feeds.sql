{#-
    What sources with models of their own feed to a model all sources share: for each model their contracts name for a
    purpose (`feeds`) its name, its source and table, and, where it is a table as landed, the contract's columns.
    Empty where dbt runs without the contracts, as documentation tools start it.
-#}
{% macro fed(purpose) -%} {{ return(var('feeds', {}).get(purpose, [])) }} {%- endmacro %}

{#- These models side by side; `shared` are models of no single source, beside them. -#}
{% macro union_of_feeds(purpose, columns, shared=[]) -%}
    {%- for model in shared + fed(purpose) | map(attribute='model') | list %}
        select {{ columns | join(', ') }} from {{ ref(model) }} {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
