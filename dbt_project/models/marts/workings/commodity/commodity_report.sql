{{ config(
    materialized='by_period', tags=['heavy'],
    meta={
        'parts': {'trade_cell': 'trade_cell', 'fct_trade_report': 'fct_trade_report'},
        'told': ['trade_product_sum'],
    }
) }}
-- depends_on: {{ ref('trade_product_sum') }}
-- What one source says of a commodity in a flow and period: printed by publications, each attribute by
-- the chosen report, else the latest; or added up from HS codes.
{%- set cell = 'source_code, reporter_code, partner_code, flow_code, period_code, commodity_group_code' %}
{%- set attributes = ['value_usd', 'value_cny', 'quantity', 'share_pct'] %}
with
    reports as (

        select report.*, substr(report.product_key, 3) as commodity_group_code, publication.published_on
        from {{ ref('fct_trade_report') }} as report
        inner join {{ ref('dim_product') }} as product on report.product_key = product.product_key
        left join {{ ref('dim_publication') }} as publication on report.publication_id = publication.publication_id
        where product.product_level = 'group' and {{ in_batch('report.period_code') }}

    ),

    ordered as (

        select
            *,
            {% for attribute in attributes %}
                row_number() over (
                    partition by {{ cell }}, {{ attribute }} is null
                    order by
                        case when is_chosen then 0 else 1 end nulls last,
                        published_on desc nulls last,
                        publication_id nulls last,
                        report_key nulls last
                )
                = 1
                and {{ attribute }} is not null as leads_{{ attribute }},
            {% endfor %}
            row_number() over (
                partition by {{ cell }}
                order by
                    case when is_chosen then 0 else 1 end nulls last,
                    published_on desc nulls last,
                    publication_id nulls last,
                    report_key nulls last
            )
            = 1 as leads
        from reports

    ),

    press as (

        select
            {{ cell }},
            max(value_usd) filter (where leads_value_usd) as value_usd,
            max(value_cny) filter (where leads_value_cny) as value_cny,
            max(quantity) filter (where leads_quantity) as quantity,
            max(quantity_unit_code) filter (where leads_quantity) as quantity_unit_code,
            max(share_pct) filter (where leads_share_pct) as share_pct,
            max(share_of) filter (where leads_share_pct) as share_of,
            count(distinct publication_id) as n_reports,
            max(publication_id) filter (where leads) as publication_id,
            max(file_id) filter (where leads) as file_id,
            max(line) filter (where leads) as line
        from ordered
        group by {{ cell }}

    ),

    group_products as (

        select distinct grouped.commodity_group_code, product.product_key
        from {{ ref('bridge_product_group') }} as grouped
        inner join {{ ref('dim_product') }} as product on product.product_code like grouped.hs_prefix || '%'
        where product.product_level in ('chapter', 'heading', 'subheading', 'residual')

    ),

    summed as (

        select {{ cell }}, sum(trade.value_usd)::decimal(18, 3) as value_usd
        from {{ ref('trade_cell') }} as trade
        inner join group_products on trade.product_key = group_products.product_key
        where trade.is_additive and {{ in_batch('trade.period_code') }}
        group by {{ cell }}

    )

select
    {{ cell }},
    value_usd::decimal(18, 3) as value_usd,
    value_cny::decimal(18, 3) as value_cny,
    quantity::decimal(18, 6) as quantity,
    quantity_unit_code,
    share_pct::decimal(9, 3) as share_pct,
    share_of,
    'published' as value_rule,
    n_reports::bigint as n_reports,
    publication_id,
    file_id,
    line::bigint as line
from press

union all

select {{ cell }}, value_usd, null, null, null, null, null, 'sum_of_products', 1, null, null, null
from summed
