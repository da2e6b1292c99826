{#-
    BACI's records as trade cells: thousands of dollars to dollars, tons (printed to the kilogram) to kilograms, HS codes
    with their zeros. Every cell is one report in dollars, so trade_cell takes them as they are. `records` are those to
    make cells of: all, as they landed, or what baci_records_by_exporter() gives.
-#}
{% macro baci_cells(records=none) -%}
    select
        'baci' as source_code,
        exporter.area_code as reporter_code,
        importer.area_code as partner_code,
        'X' as flow_code,
        file.classification_code || ':' || lpad(record.k, 6, '0') as product_key,
        cast(record.t as string) as period_code,
        cast(record.v * 1000 as decimal(18, 3)) as value_usd,
        cast(cast(record.q as decimal(18, 3)) * 1000 as double) as net_weight_kg,
        file.valuation_code,
        file.is_base,
        file.is_base and exporter.is_single and importer.is_single and record.v is not null as is_additive,
        record.file_id,
        record.line
    from {{ records or landed('baci', 'trade_year') }} as record
    inner join {{ ref('int_baci_file') }} as file on record.file_id = file.file_id
    inner join {{ ref('int_baci_area') }} as exporter on file.list_number * 1000 + record.i = exporter.area_key
    inner join {{ ref('int_baci_area') }} as importer on file.list_number * 1000 + record.j = importer.area_key
{%- endmacro %}

{#-
    BACI's records in the order of the codes of their exporters, those of one as they landed. BACI has them in the order of
    its own numbers, and who asks for one economy reads what lies between its neighbours by code. Sorted here, where a
    record is narrow, for a third of what whole cells would cost; and a year at a time, so that no more than a year of
    records has to be kept for it. A replay has no use for the order.
-#}
{% macro baci_records_by_exporter() -%}
    {%- set years = baci_years() -%}
    {%- set parts = [] -%}
    {%- for year in years -%} {%- do parts.append('record.t = ' ~ year) -%} {%- endfor -%}
    {%- do parts.append(('record.t is null or record.t not in (' ~ years | join(', ') ~ ')') if years else 'true') -%}
    {{ replayed_as(landed('baci', 'trade_year')) }}
    (
        {% for part in parts %}
            select *
            from
                (
                    select record.*
                    from {{ landed('baci', 'trade_year') }} as record
                    inner join {{ ref('int_baci_file') }} as file on record.file_id = file.file_id
                    inner join
                        {{ ref('int_baci_area') }} as exporter on file.list_number * 1000 + record.i = exporter.area_key
                    where {{ part }}
                    order by record.t nulls last, exporter.area_code nulls last, record.line nulls last
                ) as part
                {{ 'union all' if not loop.last else replayed_again() }}
        {% endfor %}
    )
{%- endmacro %}

{#-
    The years there are files of, as far as int_baci_file has been made; unit tests know none, and Spark sorts in parts of
    its own.
-#}
{% macro baci_years() -%}
    {%- set file = graph.get('nodes', {}).get('model.' ~ project_name ~ '.int_baci_file') if execute -%}
    {%- if not file or heavy_engine() == 'spark' -%} {{ return([]) }} {%- endif -%}
    {%- set is_made = run_query(
        "select 1 from duckdb_tables() where (database_name, schema_name, table_name) = ('"
        ~ [file.database, file.schema, file.alias] | join("', '") ~ "')"
    ).rows | length -%}
    {%- if not is_made -%} {{ return([]) }} {%- endif -%}
    {{ return(
        run_query(
            'select distinct try_cast(period_code as integer) as year from ' ~ file.relation_name
            ~ ' where try_cast(period_code as integer) is not null order by year'
        ).rows | map(attribute=0) | list
    ) }}
{%- endmacro %}
