{#-
    What sources feed to a model all sources share: for each model or landed table their contracts name for a purpose
    (`feeds`) the model, or none where it is a table; the source and the table with the contract's columns.
    Empty where dbt runs without the contracts, as documentation tools start it.
-#}
{% macro fed(purpose) -%} {{ return(var('feeds', {}).get(purpose, [])) }} {%- endmacro %}

{#- What one entry of `fed` is read from. -#}
{% macro fed_rows(feed) -%} {{ ref(feed.model) if feed.model else landed(feed.source, feed.table) }} {%- endmacro %}

{#- These models and tables side by side; `shared` are models of no single source, beside them. -#}
{% macro union_of_feeds(purpose, columns, shared=[]) -%}
    {%- set rows = [] -%}
    {%- for model in shared -%} {%- do rows.append(ref(model)) -%} {%- endfor -%}
    {%- for feed in fed(purpose) -%} {%- do rows.append(fed_rows(feed)) -%} {%- endfor -%}
    {%- for each in rows %}
        select {{ columns | join(', ') }} from {{ each }} {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
