{{ config(materialized='ephemeral') }}
-- BACI records as trade cells: thousands of dollars to dollars, tons (printed to the kilogram) to kilograms, HS codes
-- with their zeros.
-- A year may have landed in several HS revisions; is_base marks the one that covers most years, then
-- the oldest. Codes of economies are read by the warehouse's list and, where it lacks one, by the list of the release.
with
    file as (

        select
            file_id,
            coalesce(release_label, '') as release_label,
            {{ hs_classification_code('hs_revision') }} as classification_code,
            count(*) over (partition by hs_revision) as n_years,
            partition_key
        from {{ ref('stg_landed__file') }}
        where source_code = 'baci' and table_name = 'trade_year' and is_current

    ),

    year_file as (

        select
            file_id,
            release_label,
            classification_code,
            row_number() over (
                partition by right(partition_key, 4) order by n_years desc nulls last, classification_code
            )
            = 1 as is_base
        from file

    ),

    known as (select cast(code as integer) as code, area_code from {{ ref('area_code') }} where code_system = 'baci'),

    listed as (

        select list.release_label, country.country_code as code, iso3.area_code
        from {{ ref('stg_baci__country_code') }} as country
        inner join {{ ref('stg_landed__file') }} as list on country.file_id = list.file_id
        inner join {{ ref('area_code') }} as iso3 on iso3.code_system = 'iso3' and country.country_iso3 = iso3.code
        where country.country_code not in (select code from known)

    ),

    area as (

        select releases.release_label, known.code, known.area_code
        from known
        cross join (select distinct release_label from year_file) as releases
        union all
        select release_label, code, area_code
        from listed

    )

select
    exporter.area_code as reporter_code,
    importer.area_code as partner_code,
    year_file.classification_code || ':' || lpad(record.k, 6, '0') as product_key,
    cast(record.t as varchar) as period_code,
    cast(record.v * 1000 as decimal(18, 3)) as value_usd,
    cast(cast(record.q as decimal(18, 3)) * 1000 as double) as net_weight_kg,
    year_file.is_base,
    record.file_id,
    record.line
from {{ ref('stg_baci__trade_year') }} as record
inner join year_file on record.file_id = year_file.file_id
left join area as exporter on record.i = exporter.code and year_file.release_label = exporter.release_label
left join area as importer on record.j = importer.code and year_file.release_label = importer.release_label
