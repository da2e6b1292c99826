-- Every column of every table, view and table macro of the release, in both of its files. Written from the project
-- itself, so it cannot lag behind.
{% set tables = documented_tables() %}
{% set quote, line_end = "'", "\n" %}
{% if not tables %}
    select
        '' as object_kind,
        '' as database_name,
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

            -- one list of rows: as many selects would each be planned
            select *
            from
                (
                    values
                        {% for table in tables %}
                            {% set table_description = sql_text(table.description) %}
                            {% set is_last_table = loop.last %}
                            {% for column in table.columns %}
                                (
                                    '{{ table.kind }}',
                                    '{{ table.database }}',
                                    '{{ table.schema }}',
                                    '{{ table.name }}',
                                    {{ loop.index }},
                                    '{{ column.name }}',
                                    '{{ column.data_type or "" }}',
                                    '{{ (column.get("meta") or {}).get("unit") or "" }}',
                                    '{{ (column.description or "") | replace(quote, quote ~ quote) | replace(line_end, " ") | trim }}',
                                    '{{ table_description }}'
                                )
                                {{ ',' if not (loop.last and is_last_table) }}
                            {% endfor %}
                        {% endfor %}
                ) as listed(
                    object_kind,
                    database_name,
                    schema_name,
                    table_name,
                    column_position,
                    column_name,
                    data_type,
                    unit,
                    column_description,
                    table_description
                )

        )

    select
        object_kind,
        database_name,
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
