{#-
    One row per part of a '|'-separated text, in the column `part`, with the other columns asked for.
    Neither lists nor unnesting: both differ between engines.
-#}
{% macro split_rows(relation, column, keep, max_parts=40) -%}
    select {% for name in keep %} parts.{{ name }}, {% endfor -%} parts.part_number, parts.part
    from
        (
            select
                {% for name in keep %} relation.{{ name }}, {% endfor -%}
                numbers.number as part_number,
                nullif(trim(split_part(relation.{{ column }}, '|', numbers.number)), '') as part
            from {{ relation }} as relation
            cross join ({{ number_rows(1, max_parts) }}) as numbers
        ) as parts
    where parts.part is not null
{%- endmacro %}
