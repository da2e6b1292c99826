-- Figures of the size of economies in warehouse codes, with the reason why one is not published, if it is not. An
-- indicator nobody has given a name here keeps the World Bank's.
with
    report as (

        {{
            union_of_feeds(
                'macro_records',
                [
                    'source_code', 'iso3_code', 'world_bank_code', 'world_bank_name', 'year', 'figure',
                    'publication_id', 'file_id', 'line',
                ],
            )
        }}

    )

select
    report.source_code,
    area.area_code,
    coalesce(indicator.indicator_code, report.world_bank_code) as indicator_code,
    coalesce(indicator.indicator_name, report.world_bank_name) as indicator_name,
    indicator.unit_code,
    cast(report.year as varchar) as period_code,
    report.figure,
    report.publication_id,
    case
        when report.figure is null
        then 'no_value'
        when area.area_code is null and aggregate.world_bank_area_code is null
        then 'unknown_area'
        when area.area_code is null or area.area_kind <> 'economy'
        then 'group_of_areas'
    end as excluded_reason,
    report.file_id,
    report.line
from report
left join {{ ref('macro_indicator') }} as indicator on report.world_bank_code = indicator.world_bank_code
left join {{ ref('area') }} as area on report.iso3_code = area.area_code
left join {{ ref('world_bank_aggregate') }} as aggregate on report.iso3_code = aggregate.world_bank_area_code
