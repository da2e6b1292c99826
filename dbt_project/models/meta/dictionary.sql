-- Every column of every table and table macro in this file. Written from the project itself, so it cannot lag behind.
{% set tables = documented_tables() %}
{% if not tables %}
    select
        '' as object_kind,
        '' as schema_name,
        '' as table_name,
        0 as column_position,
        '' as column_name,
        '' as data_type,
        '' as unit,
        '' as column_description,
        '' as table_description
{% else %}
    with
        described as (

            {% for table in tables %}
                {% for column in table.columns %}
                    select
                        '{{ table.kind }}' as object_kind,
                        '{{ table.schema }}' as schema_name,
                        '{{ table.name }}' as table_name,
                        {{ loop.index }} as column_position,
                        '{{ column.name }}' as column_name,
                        '{{ column.data_type or "" }}' as data_type,
                        '{{ stated_unit(column) }}' as unit,
                        '{{ sql_text(column.description) }}' as column_description,
                        '{{ sql_text(table.description) }}' as table_description
                    {% if not loop.last %}
                        union all
                    {% endif %}
                {% endfor %}
                {% if not loop.last %}
                    union all
                {% endif %}
            {% endfor %}

        )

    select
        object_kind,
        schema_name,
        table_name,
        cast(column_position as integer) as column_position,
        column_name,
        nullif(data_type, '') as data_type,
        coalesce(
            nullif(unit, ''),
            case when data_type not in ('varchar', 'boolean', 'date') then {{ unit_of('column_name') }} end
        ) as unit,
        column_description,
        table_description
    from described
{% endif %}
