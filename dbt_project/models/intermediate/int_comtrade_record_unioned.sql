-- UN Comtrade records in one shape, codes still as the UN writes them: both layouts of downloads, answers of the live
-- service and of the one before it, and bulk files, which have the columns of the newer layout. Five of six records of
-- a bulk file are parts of a total; int_comtrade_row_excluded counts them and they go no further.
{% set records = [('comtrade_csv', 'plus_trade'), ('comtrade_api', 'trade'), ('comtrade_bulk', 'trade')] %}
{% set older = ['comtrade_csv', 'comtrade_api'] %}
with
    {% for source_code in older %}
        {{ source_code }}_older as (

            select
                '{{ source_code }}' as source_code,
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
                {{ comtrade_is_whole(is_older=true) }} as is_whole,
                trade_value_usd as value_usd,
                cif_value_usd,
                fob_value_usd,
                net_weight_kg,
                qty as quantity,
                qty_unit_code,
                file_id,
                line
            from {{ landed(source_code, 'legacy_trade') }}

        ),
    {% endfor %}

    {% for source_code, table_name in records %}
        {{ source_code }} as (

            select
                '{{ source_code }}' as source_code,
                '{{ table_name }}' as table_name,
                classification_code,
                {% if source_code == 'comtrade_bulk' %}
                    upper(cmd_code) as commodity_code, cast(null as varchar) as commodity_name,
                {% else %}
                    case
                        when upper(cmd_code) = 'TOTAL' then 'TOTAL' else {{ padded_code('cmd_code', 'aggr_level') }}
                    end as commodity_code,
                    cmd_desc as commodity_name,
                {% endif %}
                period,
                reporter_code,
                partner_code,
                flow_code,
                {{ comtrade_is_whole() }} as is_whole,
                primary_value as value_usd,
                cifvalue as cif_value_usd,
                fobvalue as fob_value_usd,
                net_wgt as net_weight_kg,
                qty as quantity,
                qty_unit_code,
                file_id,
                line
            from {{ landed(source_code, table_name) }}
            {% if source_code == 'comtrade_bulk' %} where {{ comtrade_is_whole() }} {% endif %}

        ){{ ',' if not loop.last }}

    {% endfor %}
{% for source_code in older %}
    select *
    from {{ source_code }}_older
    union all
{% endfor %}
{% for source_code, table_name in records %}
    select * from {{ source_code }} {{ 'union all' if not loop.last }}
{% endfor %}
