"""Partners against World and products against chapters, where a source has nearly all or all of the parts.

Method: a source that names every partner of a flow adds up to its own World but for rounding; where a little lacks, a
row was lost or a code left out, where a little is too much, one was read twice. Goods and trade without a named partner
are among the partners. A source of which only some partners were asked for is far from World, and nothing follows.
"""

from __future__ import annotations

from expectations import thresholds
from expectations.release.rule import Rule, warning

_NEAR_WORLD = f"""
with world as materialized (
    select total.*
    from core.fct_trade_total as total
    join core.dim_area as area on area.area_code = total.partner_code
    where area.area_kind = 'world' and total.source_code <> 'gacc_bulletin' and total.value_usd > 0
),
added as (
    select
        cell.source_code, cell.reporter_code, cell.flow_code, cell.product_key, cell.period_code,
        sum(cell.value_usd) as partners_usd, count(*) as n_partners
    from judged as cell
    join core.dim_area as area on area.area_code = cell.partner_code
    where area.area_kind not in ('world', 'group') and cell.source_code in (select source_code from world)
    group by all
)
select
    added.*, world.value_usd as world_usd,
    round(100 * (added.partners_usd / world.value_usd - 1), 2) as difference_pct,
    world.file_id, world.line
from added
join world using (source_code, reporter_code, flow_code, product_key, period_code)
where
    abs(added.partners_usd / world.value_usd - 1) > {thresholds.WORLD_GAP}
    and added.partners_usd / world.value_usd
        between {thresholds.NEARLY_ALL_OF_WORLD} and {thresholds.WORLD_TOLERANCE}
order by all
"""

_CHAPTERS = f"""
with chapter as materialized (
    select total.*, product.chapter_code
    from judged as total
    join core.dim_product as product using (product_key)
    where product.product_level = 'chapter'
),
added as (
    select
        cell.source_code, cell.reporter_code, cell.partner_code, cell.flow_code, cell.period_code,
        product.chapter_code, sum(cell.value_usd) as products_usd, count(*) as n_products
    from core.fct_trade as cell
    join core.dim_product as product using (product_key)
    where
        product.product_level in ('heading', 'subheading', 'tariff_line')
        and cell.source_code in (select source_code from chapter)
    group by all
)
select
    added.*, chapter.value_usd as chapter_usd, added.products_usd - chapter.value_usd as too_much_usd,
    chapter.file_id, chapter.line
from added
join chapter using (source_code, reporter_code, partner_code, flow_code, period_code, chapter_code)
where added.products_usd - chapter.value_usd > {thresholds.PRODUCT_ROUNDING_USD} * added.n_products
order by too_much_usd desc, reporter_code, partner_code, flow_code, period_code, chapter_code
"""

# A code counts by its finer codes and what they leave of it, which is a row of its own. It has none where the products
# of the pair exceed its total only with such rows: the codes are then of two states of a report, nobody knows which.
_LEFT_OF_CODES = f"""
with code as materialized (
    select total.*
    from judged as total
    join core.dim_product as product using (product_key)
    where product.product_level in ('chapter', 'heading', 'subheading') and total.flow_code in ('X', 'M')
),
-- few, and known to be few: else the engine makes a hash table of the cells to look the sources up in
of_source as materialized (
    select distinct source_code
    from code
),
part as (
    select cell.* replace (left(cell.product_key, depth.n_letters) as product_key)
    from core.fct_trade as cell
    cross join (values (5), (7), (9)) as depth (n_letters)
    where
        cell.source_code in (select source_code from of_source)
        and substr(cell.product_key, 3, 1) = ':'
        and length(cell.product_key) > depth.n_letters
),
added as (
    select
        source_code, reporter_code, partner_code, flow_code, period_code, product_key,
        sum(value_usd) as products_usd, count(*) as n_products
    from part
    group by all
)
select
    added.*, code.value_usd as code_usd, code.value_usd - added.products_usd as left_over_usd, code.file_id, code.line
from added
join code using (source_code, reporter_code, partner_code, flow_code, period_code, product_key)
where
    -- a unit of another currency may be more than a dollar
    code.value_usd - added.products_usd
    > {thresholds.PRODUCT_ROUNDING_USD} * added.n_products
    * greatest(1, coalesce(code.value_usd / nullif(code.value_original, 0), 1))
order by left_over_usd desc, reporter_code, partner_code, flow_code, period_code, product_key
"""

RULES: list[Rule] = [
    warning(
        "core.fct_trade",
        "trade_partners_make_world",
        f"Where a source has nearly all partners they add up to its World within {thresholds.WORLD_GAP:.1%}",
        f"The partners of a reporter miss its World total by more than {thresholds.WORLD_GAP:.1%}",
        _NEAR_WORLD,
        f"a difference of at most {thresholds.WORLD_GAP:.1%}, trade without a named partner included",
        key="source_code, reporter_code, flow_code, product_key, period_code",
    ),
    warning(
        "core.fct_trade_total",
        "total_chapter_holds_products",
        "The products of a chapter add up to no more than the chapter the same source publishes",
        "The products of a chapter add up to more than the published chapter",
        _CHAPTERS,
        f"at most the chapter, but for {thresholds.PRODUCT_ROUNDING_USD} USD a product",
        key="source_code, reporter_code, partner_code, flow_code, period_code, chapter_code",
    ),
    warning(
        "core.fct_trade_total",
        "total_code_is_broken_down",
        "What finer codes leave of a code the same source publishes is a row of its own",
        "What finer codes leave of a code has no row, because the products of the pair would exceed its total",
        _LEFT_OF_CODES,
        f"nothing left, but for {thresholds.PRODUCT_ROUNDING_USD} unit of the currency a product",
        key="source_code, reporter_code, partner_code, flow_code, product_key, period_code",
    ),
]
