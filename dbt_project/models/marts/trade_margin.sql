{{ config(materialized="by_period", meta={'parts': {'yearly_product': 'yearly_product', 'yearly_report': 'yearly_report', 'market_margin': 'market_margin'}, 'next_year': ['yearly_product', 'yearly_report']}) }}
-- Whether a flow changed by trading more of the same products or others than the year before, and how far an economy's
-- part of the world's trade comes from many products or from much of each: over all markets together, the economy in
-- the world, and for exports by market against the rest of the world there (Hummels and Klenow 2005).
-- Reason for size: the change on the year before and the part of the world's trade are told by the same rows.
{%- set report = 'source_code, reporter_code, flow_code, period_code' %}
with
    years as (select * from {{ ref('consecutive_report') }} where {{ in_batch('period_code') }}),

    -- a number stands for the four codes of a report, and one for the world it is compared in: products are joined by
    -- them. Of the year before no world is asked for
    reports as (

        select
            {{ report }},
            row_number() over (order by {{ report }}) as report_number,
            case
                when {{ in_batch('period_code') }}
                then dense_rank() over (order by source_code, flow_code, period_code, product_level)
            end as world_number
        from {{ ref('yearly_report') }} as report
        where
            {{ is_whole_by_product('report') }}
            and ({{ in_batch('period_code') }} or period_code in (select before_period_code from years))

    ),

    cells as (

        select reports.report_number, reports.world_number, product.product_key, product.value_usd
        from {{ ref('yearly_product') }} as product
        inner join reports using ({{ report }})
        where product.is_allocated and product.product_key <> 'TOTAL'

    ),

    product_worlds as (

        select world_number, product_key, sum(value_usd) as product_world_usd
        from cells
        where world_number is not null
        group by world_number, product_key

    ),

    -- by report first, so that the world of each is joined to a few rows
    sold as (

        select
            cells.report_number,
            cells.world_number,
            sum(cells.value_usd) as value_usd,
            sum(product_worlds.product_world_usd) as product_world_usd
        from cells
        inner join product_worlds using (world_number, product_key)
        group by cells.report_number, cells.world_number

    ),

    worlds as (

        select world_number, sum(value_usd) as world_usd, count(*) as n_reporters from sold group by world_number

    ),

    breadth as (

        select
            sold.report_number,
            sold.value_usd::decimal(18, 3) as value_usd,
            {{ ratio('sold.product_world_usd', 'worlds.world_usd') }} as product_breadth,
            {{ ratio('sold.value_usd', 'sold.product_world_usd') }} as product_depth,
            worlds.n_reporters
        from sold
        inner join worlds using (world_number)

    ),

    -- the numbers of the two reports that may be compared product by product
    compared as (

        select now.report_number, before.report_number as before_number
        from years
        inner join reports as now using ({{ report }})
        inner join
            reports as before
            on years.source_code = before.source_code
            and years.reporter_code = before.reporter_code
            and years.flow_code = before.flow_code
            and years.before_period_code = before.period_code
        where years.obstacle is null and years.has_same_products

    ),

    {% for moment, number in [('this_year', 'report_number'), ('year_before', 'before_number')] %}
        {{ moment }} as (

            select compared.report_number, cells.product_key, cells.value_usd
            from cells
            inner join compared on cells.report_number = compared.{{ number }}

        ),
    {% endfor %}

    -- what a whole report does not show is zero
    products as (

        select
            report_number,
            coalesce(now.value_usd, case when before.product_key is not null then 0 end) as value_usd,
            coalesce(before.value_usd, case when now.product_key is not null then 0 end) as before_usd
        from this_year as now
        full join year_before as before using (report_number, product_key)

    ),

    changes as (

        select
            report_number,
            sum(before_usd)::decimal(18, 3) as before_usd,
            sum(case when value_usd > 0 and before_usd > 0 then value_usd - before_usd else 0 end)::decimal(
                18, 3
            ) as kept_products_usd,
            sum(case when before_usd = 0 then value_usd else 0 end)::decimal(18, 3) as new_products_usd,
            sum(case when value_usd = 0 then - before_usd else 0 end)::decimal(18, 3) as lost_products_usd,
            count(case when before_usd = 0 and value_usd > 0 then 1 end) as n_new_products,
            count(case when value_usd = 0 and before_usd > 0 then 1 end) as n_lost_products
        from products
        group by report_number

    )

select
    {{ report }},
    report.product_level,
    breadth.value_usd,
    changes.before_usd,
    (breadth.value_usd - changes.before_usd)::decimal(18, 3) as change_usd,
    changes.kept_products_usd,
    changes.new_products_usd,
    changes.lost_products_usd,
    changes.n_new_products,
    changes.n_lost_products,
    case when changes.before_usd is not null then years.is_across_revisions end as is_across_revisions,
    {% for margin in ['product_breadth', 'product_depth'] %}
        case when breadth.n_reporters >= {{ min_reporters_of_a_world() }} then breadth.{{ margin }} end as {{ margin }},
    {% endfor %}
    {% for column, name in [
        ('extensive_margin', 'hummels_klenow_extensive'),
        ('intensive_margin', 'hummels_klenow_intensive'),
        ('n_markets', 'n_markets'),
        ('coverage_pct', 'markets_coverage_pct'),
    ] %}
        case when breadth.n_reporters >= {{ min_reporters_of_a_world() }} then market.{{ column }} end as {{ name }},
    {% endfor %}
    coalesce(breadth.n_reporters, 0) as n_observed,
    case
        {{ product_obstacles('report') }}
        when years.period_code is null
        then 'no_year_before'
        when years.obstacle is not null
        then years.obstacle
        when not years.has_same_products
        then 'levels_differ'
    end as null_reason
from {{ ref('yearly_report') }} as report
left join years using ({{ report }})
left join reports as numbered using ({{ report }})
left join breadth on numbered.report_number = breadth.report_number
left join changes on numbered.report_number = changes.report_number
left join
    {{ ref('market_margin') }} as market
    on report.source_code = market.source_code
    and report.reporter_code = market.reporter_code
    and report.period_code = market.period_code
    and report.flow_code = 'X'
where {{ in_batch('report.period_code') }}
