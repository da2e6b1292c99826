-- The two layouts of UN Comtrade downloads in one shape, codes still as the UN writes them.
with
    legacy as (

        select
            'legacy_trade' as table_name,
            classification as classification_code,
            case
                when upper(commodity_code) = 'TOTAL'
                then 'TOTAL'
                else {{ padded_code('commodity_code', 'aggregate_level') }}
            end as commodity_code,
            commodity as commodity_name,
            period,
            reporter_code,
            partner_code,
            case trade_flow_code when 1 then 'M' when 2 then 'X' when 3 then 'RX' when 4 then 'RM' end as flow_code,
            coalesce(partner2_code, '0') = '0'
            and coalesce(customs_code, 'C00') in ('C00', '0')
            and coalesce(mode_of_transport_code, '0') = '0' as is_whole,
            trade_value_usd as value_usd,
            net_weight_kg,
            qty as quantity,
            qty_unit_code,
            file_id,
            line
        from {{ ref('stg_comtrade_csv__legacy_trade') }}

    ),

    plus as (

        select
            'plus_trade' as table_name,
            classification_code,
            case
                when upper(cmd_code) = 'TOTAL' then 'TOTAL' else {{ padded_code('cmd_code', 'aggr_level') }}
            end as commodity_code,
            cmd_desc as commodity_name,
            period,
            reporter_code,
            partner_code,
            flow_code,
            coalesce(partner2_code, 0) = 0
            and coalesce(customs_code, 'C00') in ('C00', '0')
            and coalesce(mot_code, 0) = 0
            and coalesce(mos_code, '0') = '0' as is_whole,
            primary_value as value_usd,
            net_wgt as net_weight_kg,
            qty as quantity,
            qty_unit_code,
            file_id,
            line
        from {{ ref('stg_comtrade_csv__plus_trade') }}

    )

select *
from legacy
union all
select *
from plus
