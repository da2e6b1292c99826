-- Every landed record of the quoted sources that holds a figure stands in fct_trade_report, and every cell on one of
-- them.
with
    landed as (

        select distinct file_id, line
        from {{ ref('int_partner_report_unioned') }}
        where
            coalesce(
                exports_usd_bn,
                imports_usd_bn,
                turnover_usd_bn,
                turnover_cny_bn,
                yoy_exports_pct,
                yoy_imports_pct,
                yoy_turnover_pct,
                share_of_turnover_pct
            )
            is not null

        union all

        select distinct file_id, line
        from {{ ref('int_commodity_report_unioned') }}

    ),

    published as (select distinct file_id, line from {{ ref('fct_trade_report') }})

select landed.file_id, landed.line
from landed
left join published on landed.file_id = published.file_id and landed.line = published.line
where published.file_id is null
