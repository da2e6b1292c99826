-- Freight and insurance where a reporter gives both values of the same imports: their difference by the FOB value.
with
    both_values as (

        select
            record.reporter_code,
            record.partner_code,
            {{ comtrade_period_code('record.period') }} as period_code,
            record.cif_value_usd,
            record.fob_value_usd
        from {{ ref('int_comtrade_record_unioned') }} as record
        where
            record.commodity_code = 'TOTAL'
            and record.flow_code = 'M'
            and record.is_whole
            and record.cif_value_usd > 0
            and record.fob_value_usd > 0

    )

select
    exporter.area_code as exporter_code,
    importer.area_code as importer_code,
    record.period_code,
    round(
        {{ ratio('sum(cast(record.cif_value_usd as decimal(28, 3)))', 'sum(cast(record.fob_value_usd as decimal(28, 3)))') }}
        - 1,
        6
    ) as reported_tau
from both_values as record
inner join
    {{ ref('area_code') }} as importer
    on cast(record.reporter_code as varchar) = importer.code
    and importer.code_system = 'comtrade'
inner join
    {{ ref('area_code') }} as exporter
    on cast(record.partner_code as varchar) = exporter.code
    and exporter.code_system = 'comtrade'
where length(record.period_code) = 4
group by exporter.area_code, importer.area_code, record.period_code
-- what equals is not both: some reporters repeat one value in the other's column
having sum(record.cif_value_usd) <> sum(record.fob_value_usd)
