{{ config(meta={'files_of': ['baci.trade_year']}) }}
-- Economies by BACI's code, for each release: by the warehouse's list and, where it lacks a code, by the list of the
-- release. area_key is one number made of release and code.
with
    release as (select distinct release_label, list_number from ({{ baci_files() }}) as file),

    known as (select cast(code as integer) as code, area_code from {{ ref('area_code') }} where code_system = 'baci'),

    listed as (

        select list.release_label, country.country_code as code, iso3.area_code
        from {{ landed('baci', 'country_code') }} as country
        inner join {{ files_of_records() }} as list on country.file_id = list.file_id
        inner join {{ ref('area_code') }} as iso3 on iso3.code_system = 'iso3' and country.country_iso3 = iso3.code
        where country.country_code not in (select code from known)

    ),

    coded as (

        select release.list_number, known.code, known.area_code
        from known
        cross join release
        union all
        select release.list_number, listed.code, listed.area_code
        from listed
        inner join release on listed.release_label = release.release_label

    )

select
    coded.list_number * 1000 + coded.code as area_key,
    coded.area_code,
    area.area_kind in ('economy', 'nes', 'special') as is_single
from coded
inner join {{ ref('area') }} as area on coded.area_code = area.area_code
