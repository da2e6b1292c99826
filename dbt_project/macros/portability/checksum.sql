{#- A number made of the values of a row. Equal rows have the same one within a query; it is not kept. -#}
{% macro row_number_of(columns) -%} hash({{ columns | join(', ') }}) {%- endmacro %}

{#- The same of all rows of a relation or group, by its alias. -#}
{% macro checksum_of_rows(relation_alias) -%}
    cast(sum({{ row_number_of([relation_alias]) }}) as varchar)
{%- endmacro %}

{#- A number that differs where the rows of a group do, in whatever order they come. For comparing within one query. -#}
{% macro checksum(columns) -%} cast(sum({{ row_number_of(columns) }}) as varchar) {%- endmacro %}
