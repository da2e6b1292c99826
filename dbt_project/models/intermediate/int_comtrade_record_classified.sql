-- Every Comtrade record in warehouse codes, with the reason why it is no trade cell, if it is none.
with
    area as (

        select cast(code as integer) as code, area_code from {{ ref('area_code') }} where code_system = 'comtrade'

    ),

    coded as (

        select
            record.*,
            reporter.area_code as reporter_area_code,
            partner.area_code as partner_area_code,
            {{ comtrade_period_code('record.period') }} as period_code
        from {{ ref('int_comtrade_record_unioned') }} as record
        left join area as reporter on record.reporter_code = reporter.code
        left join area as partner on record.partner_code = partner.code

    )

select
    source_code,
    table_name,
    reporter_area_code as reporter_code,
    partner_area_code as partner_code,
    flow_code,
    case
        when commodity_code = 'TOTAL' then 'TOTAL' else classification_code || ':' || commodity_code
    end as product_key,
    case when commodity_code = 'TOTAL' then 0 else length(commodity_code) end as n_digits,
    classification_code,
    commodity_code,
    commodity_name,
    period_code,
    value_usd,
    -- a record may give both; the one its value equals says how that is valued
    case
        when value_usd > 0 and cif_value_usd = value_usd and fob_value_usd is distinct from value_usd
        then 'CIF'
        when value_usd > 0 and fob_value_usd = value_usd and cif_value_usd is distinct from value_usd
        then 'FOB'
    end as valuation_code,
    -- zero is what Comtrade writes where no weight or quantity was given
    nullif(net_weight_kg, 0) as net_weight_kg,
    case when qty_unit_code > 1 then nullif(quantity, 0) end as quantity,
    case when qty_unit_code > 1 then cast(qty_unit_code as varchar) end as qty_unit_code,
    case
        when not is_whole
        then 'detail_of_a_total'
        when period_code is null
        then 'unknown_period'
        when reporter_area_code is null or partner_area_code is null
        then 'unknown_area'
        when flow_code is null
        then 'unknown_flow'
        when {{ is_comtrade_service() }}
        then 'trade_in_services'
        -- the total of goods is the same in any classification; products of two of them never meet in one table
        when commodity_code <> 'TOTAL' and {{ is_other_classification() }}
        then 'kept_in_its_classification'
        when not ({{ is_other_classification() }}) and not ({{ is_harmonized_system() }})
        then 'unknown_classification'
    end as excluded_reason,
    file_id,
    line
from coded
