-- Every IMF record in warehouse codes, with the reason why it is no trade cell, if it is none. Groups overlap and
-- stay out, World as a partner is kept as the total. Imports count CIF where the IMF has them CIF, else FOB.
with
    area as (

        select code, area_code
        from {{ ref('area_code') }}
        where code_system in ('iso3', 'imf')  -- the IMF's own are those of economies ISO has no code for, or had none
        union
        select 'G001' as code, 'WLD' as area_code

    ),

    coded as (

        select
            record.*,
            reporter.area_code as reporter_area_code,
            partner.area_code as partner_area_code,
            case
                record.indicator_code when 'XG_FOB_USD' then 'X' when 'MG_CIF_USD' then 'M' when 'MG_FOB_USD' then 'M'
            end as flow_code,
            case
                -- the first quarter is January to March cumulated
                when record.time_period like '%-Q1' then left(record.time_period, 4) || '-YTD03' else record.time_period
            end as period_code,
            max(
                case when record.indicator_code = 'MG_CIF_USD' and record.value_usd is not null then 1 else 0 end
            ) over (partition by record.country_code, record.counterpart_code, record.time_period)
            = 1 as has_cif
        from {{ landed('imf_imts', 'partner_trade') }} as record
        left join area as reporter on record.country_code = reporter.code
        left join area as partner on record.counterpart_code = partner.code

    ),

    reasoned as (

        select
            *,
            case
                when value_usd is null
                then 'no_value'
                when flow_code is null
                then 'balance'
                when country_code like 'G%' and length(country_code) > 3
                then 'group_of_areas'
                when counterpart_code like 'G%' and length(counterpart_code) > 3 and counterpart_code <> 'G001'
                then 'group_of_areas'
                when reporter_area_code is null or partner_area_code is null
                then 'unknown_area'
                when indicator_code = 'MG_FOB_USD' and has_cif
                then 'other_valuation'
                when value_usd < 0
                then 'negative_value'
            end as reason
        from coded

    ),

    -- two files may hold one cell: of one reporter, and of all reporters in a year
    ranked as (

        select
            reasoned.*,
            row_number() over (
                partition by reporter_area_code, partner_area_code, flow_code, period_code, reason
                order by file.fetched_at desc nulls last, reasoned.file_id, reasoned.line
            ) as position
        from reasoned
        inner join {{ files_of_records() }} as file on reasoned.file_id = file.file_id

    )

select
    'imf_imts' as source_code,
    reporter_area_code as reporter_code,
    partner_area_code as partner_code,
    flow_code,
    period_code,
    frequency_code,
    indicator_code,
    cast(value_usd as decimal(18, 3)) as value_usd,
    valuation as valuation_code,
    derivation_type,
    case when reason is null and position > 1 then 'superseded_by_later_file' else reason end as excluded_reason,
    file_id,
    line
from ranked
