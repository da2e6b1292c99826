{#- The landed records of a contract table whose file is current; rows of superseded files are history. -#}
{% macro current_records(landed_table) -%}
    select landed.*
    from {{ landed_table }} as landed
    inner join {{ source('landed', 'file') }} as file on landed.file_id = file.file_id
    where file.is_current
{%- endmacro %}
