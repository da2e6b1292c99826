-- Every figure of the Census Bureau in warehouse codes, with the reason why it is no trade cell of its own, if it is
-- none. A record holds the month and the sum since January, which in December is the year and in January the month
-- again. HS revisions count by the year; in January 2007, 2012 and 2022 part of the month was still in the one before.
with
    area as (select code, area_code from {{ ref('area_code') }} where code_system = 'schedule_c'),

    record as (

        {% for flow_code, table in [('X', 'exports'), ('M', 'imports')] %}
            select
                '{{ flow_code }}' as flow_code,
                country_code,
                commodity_code,
                month,
                value_month_usd,
                value_cumulative_usd,
                file_id,
                line
            from {{ landed('census', table) }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

    ),

    figure as (

        select
            record.*,
            spans.span,
            case
                when spans.span = 'month'
                then left(month, 5) || 'M' || right(month, 2)
                when right(month, 2) = '12'
                then left(month, 4)
                else left(month, 5) || 'YTD' || right(month, 2)
            end as period_code,
            case when spans.span = 'month' then value_month_usd else value_cumulative_usd end as value_usd
        from record
        cross join (values ('month'), ('cumulative')) as spans(span)

    ),

    coded as (

        select
            figure.*,
            area.area_code as partner_code,
            case
                when commodity_code = '-' then 'TOTAL' else {{ hs_of_year('left(month, 4)') }} || ':' || commodity_code
            end as product_key,
            case when commodity_code = '-' then 0 else length(commodity_code) end as n_digits,
            first_value(figure.file_id) over (
                partition by
                    figure.flow_code,
                    coalesce(area.area_code, figure.country_code),
                    figure.commodity_code,
                    figure.period_code
                order by file.fetched_at desc nulls last, figure.file_id
            ) as newest_file_id
        from figure
        inner join {{ files_of_records() }} as file on figure.file_id = file.file_id
        left join area on figure.country_code = area.code

    )

select
    'census' as source_code,
    'USA' as reporter_code,
    partner_code,
    country_code,
    flow_code,
    span,
    period_code,
    product_key,
    n_digits,
    value_usd,
    case
        when span = 'cumulative' and right(month, 2) = '01'
        then 'same_period_twice'
        when partner_code is null and (left(country_code, 1) = '0' or country_code like '%XXX')
        then 'group_of_areas'
        when partner_code is null
        then 'unknown_area'
        when file_id <> newest_file_id
        then 'superseded_by_later_file'
    end as excluded_reason,
    file_id,
    line
from coded
