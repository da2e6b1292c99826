{{ config(materialized="by_period", tags=["heavy"], meta={'parts': {'trade_cell': 'priced_cell', 'unit_value_flag': 'unit_value_flag'}, 'next_year': ['trade_cell', 'unit_value_flag']}) }}
-- The cells (partner, product, unit) a pair traded in two consecutive years, outliers left out, added up: what each
-- year's basket was worth, and what it would have been worth at the prices of the other.
{%- set report = ['source_code', 'reporter_code', 'flow_code', 'period_code'] %}
{%- set report_and_partner = '(reports.report_number * 10000 + areas.area_number)' %}
with
    -- numbers stand for a report, a partner and a product, and one made of them for the three of a cell: millions are
    -- looked for among millions. That of a report is a bigint for Spark, whose row numbers are integers
    reports as (

        select
            *,
            cast(
                row_number() over (order by {{ report | join(' nulls last, ') }} nulls last) as bigint
            ) as report_number
        from {{ ref('consecutive_report') }}
        where {{ in_batch('period_code') }}

    ),

    areas as ({{ numbered_areas() }}),

    products as (select distinct product_key, product_number from {{ ranked_places() }} as placed),

    {% for side, code, is_period_of_it in [
        ('this_year', 'period_code', in_batch('cell.period_code')),
        ('year_before', 'before_period_code', 'cell.period_code in (select before_period_code from reports)'),
    ] %}
        {%- set with_both %}
                inner join
                    reports
                    on cell.source_code = reports.source_code
                    and cell.reporter_code = reports.reporter_code
                    and cell.flow_code = reports.flow_code
                    and cell.period_code = reports.{{ code }}
                inner join areas on cell.partner_code = areas.area_code
        {%- endset %}
        outlier_of_{{ side }} as {{ not_kept() }} (

            select {{ report_and_partner }} * 1000000 + products.product_number as cell_number, cell.quantity_unit_code
            from {{ ref('unit_value_flag') }} as cell {{ with_both }}
            inner join products on cell.product_key = products.product_key
            where cell.is_outlier and {{ is_period_of_it }}

        ),

        priced_of_{{ side }} as {{ not_kept() }} (

            select
                {{ report_and_partner }} * 1000000 + cell.product_number as cell_number,
                cell.quantity_unit_code,
                reports.report_number,
                areas.area_number,
                cell.value_usd,
                cell.quantity
            from {{ ref('priced_cell') }} as cell {{ with_both }}
            where cell.quantity > 0 and cell.value_usd > 0 and {{ is_period_of_it }}

        ),

        {{ side }} as (

            select *
            from priced_of_{{ side }} as cell
            where {{ is_not_among('cell', ['cell_number', 'quantity_unit_code'], 'outlier_of_' ~ side) }}

        ),
    {% endfor %}

    matched as (

        select
            now.report_number,
            now.area_number,
            count(*) as n_matched,
            sum(before.value_usd)::decimal(18, 3) as matched_before_usd,
            sum(now.value_usd)::decimal(18, 3) as matched_usd,
            {{ exact_sum(ratio('now.value_usd * before.quantity', 'now.quantity')) }} as old_basket_usd,
            {{ exact_sum(ratio('before.value_usd * now.quantity', 'before.quantity')) }} as new_basket_before_usd
        from this_year as now
        inner join
            year_before as before
            on now.cell_number = before.cell_number
            and now.quantity_unit_code = before.quantity_unit_code
        group by now.report_number, now.area_number

    )

select
    reports.source_code,
    reports.reporter_code,
    areas.area_code as partner_code,
    reports.flow_code,
    reports.period_code,
    matched.n_matched,
    matched.matched_before_usd,
    matched.matched_usd,
    matched.old_basket_usd,
    matched.new_basket_before_usd
from matched
inner join reports on matched.report_number = reports.report_number
inner join areas on matched.area_number = areas.area_number
