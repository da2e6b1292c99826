-- Every landed record of the quoted sources that holds a figure stands in fct_trade_report, and every cell on one of
-- them.
{%- set figures = [
    'exports_usd_bn', 'imports_usd_bn', 'turnover_usd_bn', 'turnover_cny_bn', 'yoy_exports_pct', 'yoy_imports_pct',
    'yoy_turnover_pct', 'share_of_turnover_pct',
] %}
with
    landed as (

        {% for report in fed('partner_reports') %}
            select distinct file_id, line
            from {{ fed_rows(report) }} as record
            where
                {% for name in figures if name in report.columns %}
                    {{ name }} is not null {{ 'or' if not loop.last }}
                {% endfor %}
            union all
        {% endfor %}
        {% for report in fed('commodity_reports') %}
            select distinct file_id, line from {{ fed_rows(report) }} as record {{ 'union all' if not loop.last }}
        {% endfor %}

    ),

    published as (select distinct file_id, line from {{ ref('fct_trade_report') }})

select landed.file_id, landed.line
from landed
left join published on landed.file_id = published.file_id and landed.line = published.line
where published.file_id is null
