{#- The landed records of a contract table whose file is current; rows of superseded files are history. -#}
{% macro current_records(landed_table) -%}
    select landed.*
    from {{ landed_table }} as landed
    inner join {{ source('landed', 'file') }} as file on landed.file_id = file.file_id
    where file.is_current
{%- endmacro %}

{#- The same by the names of a source and its table, to be read from like a table. -#}
{% macro landed(source_name, table_name) -%}({{ current_records(source(source_name, table_name)) }}) {%- endmacro %}
