-- The datasets UN Comtrade says it has (getDa), in warehouse codes, exports and imports apart: a dataset holds both,
-- by product in its classification and in TOTAL. Where an economy has two numbers or a period two classifications, the
-- latest release counts.
with
    dated as (

        select
            area.area_code as reporter_code,
            {{ comtrade_period_code('record.period') }} as period_code,
            classes.is_total,
            case when classes.is_total then 'TOTAL' else record.classification_code end as classification_code,
            record.total_records,
            record.dataset_checksum,
            record.first_released_at,
            record.last_released_at,
            record.file_id,
            record.dataset_code
        from {{ landed('comtrade_api', 'availability') }} as record
        inner join
            {{ ref('area_code') }} as area
            on cast(record.reporter_code as varchar) = area.code
            and area.code_system = 'comtrade'
        cross join (values (true), (false)) as classes(is_total)

    ),

    latest as (

        select
            *,
            row_number() over (
                partition by reporter_code, period_code, classification_code
                order by last_released_at desc nulls last, dataset_code, file_id
            ) as position
        from dated
        where period_code is not null

    )

select
    'comtrade_api' as source_code,
    latest.reporter_code,
    flows.flow_code,
    latest.period_code,
    latest.classification_code,
    latest.total_records as announced_rows,
    cast(latest.dataset_checksum as varchar) as dataset_checksum,
    latest.first_released_at,
    latest.last_released_at,
    latest.file_id
from latest
cross join (values ('X'), ('M')) as flows(flow_code)
where latest.position = 1
