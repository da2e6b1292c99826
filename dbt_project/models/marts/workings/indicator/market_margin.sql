{{ config(materialized="by_period", tags=["heavy"], meta={'parts': {'trade_cell': 'trade_cell', 'yearly_report': 'yearly_report'}}) }}
-- How broad and how deep an economy's exports are in each of its markets, against the rest of the world there, and on
-- average over its markets: the extensive and the intensive margin of Hummels and Klenow (2005, American Economic
-- Review 95(3), equations 2 to 5). In market m the extensive margin is what the others sell there of the products the
-- exporter sells there, over all the others sell there; the intensive margin is what the exporter sells there over what
-- the others sell there of the same products. The average is geometric, weighted by the logarithmic mean of the
-- market's part in the exporter's exports and in the others' (Sato 1976, Vartia 1976). A market where nobody else sells
-- any of its products has no margins and counts for what is not covered.
-- Reason for size: one CTE a step, from cells to products, markets and the mean.
{%- set market = 'world_number, partner_number' %}
with
    areas as ({{ numbered_areas() }}),

    products as ({{ numbered_products() }}),

    places as ({{ numbered_places() }}),

    -- a world is what the reports of one source, year and level are compared in
    reports as (

        select
            source_code,
            reporter_code,
            period_code,
            product_level,
            area.area_number as reporter_number,
            cast(
                row_number() over (
                    order by
                        source_code nulls last,
                        reporter_code nulls last,
                        period_code nulls last,
                        product_level nulls last
                ) as integer
            ) as report_number,
            cast(
                dense_rank() over (
                    order by source_code nulls last, period_code nulls last, product_level nulls last
                ) as smallint
            ) as world_number
        from {{ ref('yearly_report') }} as report
        inner join areas as area on report.reporter_code = area.area_code
        where flow_code = 'X' and {{ is_whole_by_product('report') }} and {{ in_batch('period_code') }}

    ),

    -- a code that is the only one of its product is there once in a market: nothing to add up
    supplies as (
        {% for is_alone in [true, false] %}
            {%- set alone = "reports.product_level = 'subheading' and placed.product_level = 'subheading' and placed.is_alone" %}
            select
                reports.report_number,
                reports.world_number,
                partner.area_number as partner_number,
                case
                    when reports.product_level = 'subheading' then placed.product_number else placed.chapter_number
                end as product_number,
                {{ placed_part('value_usd', 'decimal(18, 3)') if is_alone
                    else 'sum(' ~ placed_part('value_usd', 'decimal(18, 3)') ~ ')' }} as value_usd
            from {{ yearly_cells('places') }}
            inner join
                reports
                -- not the column itself: the engine would lay each product beside each report, and join cells to that
                on nullif(cell.source_code, '') = reports.source_code
                and cell.reporter_code = reports.reporter_code
                and cell.period_code = reports.period_code
            inner join areas as partner on cell.partner_code = partner.area_code
            where
                cell.flow_code = 'X'
                and partner.is_economy
                and cell.partner_code <> cell.reporter_code
                -- what is known by chapter only is too little to count beside subheadings (yearly_product)
                and (
                    placed.product_level = 'subheading'
                    or (placed.product_level = 'chapter' and reports.product_level = 'chapter')
                )
                and {{ in_batch('cell.period_code') }}
            {% if is_alone %}
                    and {{ alone }} and cell.value_usd > 0
                union all
            {% else %} and not ({{ alone }}) group by all having sum(cell.value_usd) > 0
            {% endif %}
        {% endfor %}
    ),

    product_worlds as (

        select {{ market }}, product_number, sum(value_usd) as world_usd
        from supplies
        group by {{ market }}, product_number

    ),

    market_worlds as (select {{ market }}, sum(world_usd) as world_usd from product_worlds group by {{ market }}),

    worlds as (select world_number, sum(world_usd) as world_usd from market_worlds group by world_number),

    -- what an economy sells in a market, and what the others sell there of the same products
    sold as (

        select
            supplies.report_number,
            supplies.world_number,
            supplies.partner_number,
            sum(supplies.value_usd) as value_usd,
            sum(product_worlds.world_usd) - sum(supplies.value_usd) as rivals_usd
        from supplies
        inner join product_worlds using ({{ market }}, product_number)
        group by supplies.report_number, supplies.world_number, supplies.partner_number

    ),

    totals as (select report_number, sum(value_usd) as total_usd from sold group by report_number),

    parts as (

        select
            reports.source_code,
            reports.reporter_code,
            reports.period_code,
            sold.value_usd,
            totals.total_usd,
            {{ ratio('sold.rivals_usd', 'market_worlds.world_usd - sold.value_usd') }} as extensive,
            {{ ratio('sold.value_usd', 'sold.rivals_usd') }} as intensive,
            {{ ratio('sold.value_usd', 'totals.total_usd') }} as share,
            -- the others' exports are those to all markets but the economy itself
            {{ ratio(
                'market_worlds.world_usd - sold.value_usd',
                'worlds.world_usd - coalesce(home.world_usd, 0) - totals.total_usd'
            ) }} as rivals_share
        from sold
        inner join reports using (report_number)
        inner join totals using (report_number)
        inner join
            market_worlds
            on sold.world_number = market_worlds.world_number
            and sold.partner_number = market_worlds.partner_number
        inner join worlds on sold.world_number = worlds.world_number
        left join
            market_worlds as home
            on sold.world_number = home.world_number
            and reports.reporter_number = home.partner_number

    ),

    weighed as (

        select
            *,
            case
                when abs(share - rivals_share) < 0.000000001 * share
                then share
                else (share - rivals_share) / (ln(share) - ln(rivals_share))
            end as weight
        from parts
        where extensive > 0

    )

select
    weighed.source_code,
    weighed.reporter_code,
    weighed.period_code,
    -- digits beyond the twelfth are of the arithmetic
    round(exp({{ ratio(exact_sum('weight * ln(extensive)', 18), exact_sum('weight', 18)) }}), 12)::double
    as extensive_margin,
    round(exp({{ ratio(exact_sum('weight * ln(intensive)', 18), exact_sum('weight', 18)) }}), 12)::double
    as intensive_margin,
    count(*)::bigint as n_markets,
    (100 * {{ ratio('sum(value_usd)', 'max(total_usd)') }})::double as coverage_pct
from weighed
group by weighed.source_code, weighed.reporter_code, weighed.period_code
