-- Size of economies: gross domestic product and population. Groups of the World Bank are left out.
with
    report as (

        select
            country_code as iso3_code,
            'NY.GDP.MKTP.CD' as world_bank_code,
            year,
            {{ units_from_bn('gdp_usd_bn') }} as figure,
            publication_id,
            file_id,
            line
        from {{ ref('stg_macro_extract__gdp') }}

        union all

        select
            country_iso3 as iso3_code,
            indicator_code as world_bank_code,
            year,
            cast(value as decimal(18, 3)) as figure,
            publication_id,
            file_id,
            line
        from {{ ref('stg_world_bank__indicator') }}
        where value is not null

    )

select
    area.area_code,
    indicator.indicator_code,
    cast(report.year as varchar) as period_code,
    case when indicator.unit_code = 'USD' then report.figure end as value_usd,
    case when indicator.unit_code = 'persons' then report.figure end as value_persons,
    report.publication_id,
    report.file_id,
    report.line
from report
inner join {{ ref('macro_indicator') }} as indicator on report.world_bank_code = indicator.world_bank_code
inner join {{ ref('area') }} as area on report.iso3_code = area.area_code and area.area_kind = 'economy'
