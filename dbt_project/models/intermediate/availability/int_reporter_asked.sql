-- The economies each live source was asked for: those with a dataset at hand, and of UN Comtrade those its list of
-- datasets was asked for, whether they have any or not. A list asked without names is a list of all who report.
with
    listed as (

        select
            file.source_code,
            case
                when file.url like '%reporterCode=%'
                then ',' || split_part(split_part(file.url, 'reporterCode=', 2), '&', 1) || ','
            end as codes
        from {{ files_of_records() }} as file
        where file.source_code = 'comtrade_api' and file.table_name = 'availability' and file.is_current

    )

select distinct landed.source_code, landed.reporter_code
from {{ ref('int_dataset_landed') }} as landed
inner join
    {{ ref('stg_ledger__source') }} as source on landed.source_code = source.source_code and source.origin = 'live'

union

select distinct announced.source_code, announced.reporter_code
from {{ ref('int_dataset_announced') }} as announced

union

select listed.source_code, area.area_code as reporter_code
from listed
inner join
    {{ ref('area_code') }} as area
    on area.code_system = 'comtrade'
    and replace(listed.codes, '%2C', ',') like '%,' || area.code || ',%'
