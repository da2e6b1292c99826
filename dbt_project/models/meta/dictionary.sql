-- Every column of every table, view and table macro of the release, in both of its files. Written from the project
-- itself, so it cannot lag behind.
{% set rows = documented_rows() %}
{% if not rows['columns'] %}
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
        described_table as (

            -- one list of rows: as many selects would each be planned
            select *
            from
                (values {{ rows['tables'] | join(',\n') }}) as listed(
                    table_number, object_kind, database_name, schema_name, table_name, table_description
                )

        ),

        described as (

            select *
            from
                (values {{ rows['columns'] | join(',\n') }}) as listed(
                    table_number, column_position, column_name, data_type, unit, column_description
                )
            inner join described_table using (table_number)

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
