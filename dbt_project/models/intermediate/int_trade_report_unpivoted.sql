-- One row per report and flow: exports, imports and turnover side by side become X, M and T.
with
    totals as (

        {% for flow_code, word in [('X', 'exports'), ('M', 'imports'), ('T', 'turnover')] %}
            select
                source_code,
                table_name,
                basis,
                coverage,
                reporter_code,
                partner_code,
                '{{ flow_code }}' as flow_code,
                cast(null as varchar) as commodity_term,
                period_start,
                period_end,
                {{ word }}_usd_bn as value_usd_bn,
                {{ 'turnover_cny_bn' if flow_code == 'T' else 'cast(null as decimal(18, 6))' }} as value_cny_bn,
                cast(null as decimal(18, 6)) as quantity,
                cast(null as varchar) as quantity_unit,
                yoy_{{ word }}_pct as yoy_pct,
                yoy_currency,
                cast(null as decimal(9, 3)) as quantity_yoy_pct,
                {{ 'share_of_turnover_pct' if flow_code == 'T' else 'cast(null as decimal(9, 3))' }} as share_pct,
                {{ "case when share_of_turnover_pct is not null then 'turnover of the reporter' end" if flow_code == 'T' else 'cast(null as varchar)' }}
                as share_of,
                revision_note,
                publication_id,
                published_on,
                file_id,
                line
            from {{ ref('int_partner_report_unioned') }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

    ),

    commodities as (

        select
            source_code,
            table_name,
            cast(null as varchar) as basis,
            'selected' as coverage,
            reporter_code,
            partner_code,
            flow_code,
            commodity_term,
            period_start,
            period_end,
            value_usd_bn,
            value_cny_bn,
            quantity,
            quantity_unit,
            yoy_pct,
            yoy_currency,
            quantity_yoy_pct,
            share_pct,
            share_of,
            cast(null as varchar) as revision_note,
            publication_id,
            published_on,
            file_id,
            line
        from {{ ref('int_commodity_report_unioned') }}

    ),

    reports as (

        select *
        from totals
        where coalesce(value_usd_bn, value_cny_bn, yoy_pct, share_pct) is not null

        union all

        select *
        from commodities

    )

select
    source_code,
    table_name,
    basis,
    coverage,
    reporter_code,
    partner_code,
    flow_code,
    commodity_term,
    period_start,
    period_end,
    cast(value_usd_bn as decimal(18, 9)) as value_usd_bn,
    cast(value_cny_bn as decimal(18, 9)) as value_cny_bn,
    quantity,
    quantity_unit,
    yoy_pct,
    case when yoy_pct is not null then yoy_currency end as yoy_currency,
    quantity_yoy_pct,
    share_pct,
    share_of,
    revision_note,
    publication_id,
    published_on,
    file_id,
    line
from reports
