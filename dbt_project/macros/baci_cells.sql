{#-
    BACI's records as trade cells: thousands of dollars to dollars, tons (printed to the kilogram) to kilograms, HS codes
    with their zeros. Every cell is one report in dollars, so trade_cell takes them as they are.
-#}
{% macro baci_cells() -%}
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
    from {{ landed('baci', 'trade_year') }} as record
    inner join {{ ref('int_baci_file') }} as file on record.file_id = file.file_id
    inner join {{ ref('int_baci_area') }} as exporter on file.list_number * 1000 + record.i = exporter.area_key
    inner join {{ ref('int_baci_area') }} as importer on file.list_number * 1000 + record.j = importer.area_key
{%- endmacro %}
