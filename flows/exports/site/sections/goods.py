"""What is traded, both ways: HS chapters where a report has them, else the groups the press uses."""

from __future__ import annotations

from typing import Any

from flows.exports.site.cells import money_cell, percent_cell
from flows.exports.site.pair import Pair
from flows.exports.site.parts import Cell, Chart, Line, Row, Section, Sentence, Table
from flows.exports.site.release import Release
from flows.exports.site.sections.tiles import chosen_rows
from flows.read.goods_parts import NAMED_GROUPS, Flow, flow_of, tiles_of
from flows.read.wording.names import in_text, sentence_case
from flows.read.wording.numbers import Money, money_for, percent, words

CHAPTERS_SHOWN = 20
"""Chapters that the table of a flow names; a flow of goods of all kinds has 96."""
BROKEN_DOWN_PCT = 60
"""Share of a flow below which its parts are a ranked list: tiles would look like the whole."""

QUERIES = {
    "groups": f"""
        select
            mix.*, mix.reporter_code as one_code, mix.partner_code as other_code, period.year_number,
            period.period_name, period.freq_code = 'A' as is_year
        from ({NAMED_GROUPS}) as mix
        inner join core.dim_period as period on mix.period_code = period.period_code
        where mix.flow_code in ('X', 'M')
            and (mix.reporter_code, mix.partner_code) in (from shown_way)
        qualify
            row_number() over (
                partition by mix.reporter_code, mix.partner_code, mix.flow_code, period.freq_code = 'A'
                order by period.period_end desc, mix.value_usd desc nulls last, mix.commodity_group_code
            ) <= 40
        order by
            period.period_end desc, period.period_months desc, mix.value_usd desc nulls last,
            mix.commodity_group_code, mix.reporter_code, mix.partner_code, mix.flow_code
    """,
    "chapters": """
        with
            -- added up before the newest is chosen: of cells there may be millions
            chapter_sum as (
                select
                    trade.source_code, trade.reporter_code, trade.partner_code, trade.flow_code, trade.period_code,
                    product.chapter_code, product.hs_revision, sum(trade.value_usd) as value_usd,
                    min(trade.file_id) as file_id
                from core.fct_trade as trade
                inner join shown_way as way using (reporter_code, partner_code)
                left join core.dim_product as product on trade.product_key = product.product_key
                where trade.flow_code in ('X', 'M') and trade.product_key <> 'TOTAL'
                group by all
            ),
            newest as (
                select chapter_sum.*, period.year_number
                from chapter_sum
                inner join core.dim_period as period
                    on chapter_sum.period_code = period.period_code and period.freq_code = 'A'
                inner join core.dim_source as source on chapter_sum.source_code = source.source_code
                where chapter_sum.chapter_code is not null
                qualify
                    dense_rank() over (
                        partition by chapter_sum.reporter_code, chapter_sum.partner_code, chapter_sum.flow_code
                        order by period.year_number desc, source.priority nulls last, chapter_sum.source_code,
                            chapter_sum.hs_revision desc
                    ) = 1
            ),
            -- with what is not specified by product, so that the chapters are held against the whole flow
            flow as (
                select
                    source_code, reporter_code, partner_code, flow_code, period_code, sum(value_usd) as flow_usd
                from chapter_sum
                group by all
            )
        select
            newest.reporter_code as one_code, newest.partner_code as other_code, newest.flow_code, newest.year_number,
            newest.source_code, newest.chapter_code, min(chapter.product_name) as chapter_name,
            min(chapter.section_code) as section_code, sum(newest.value_usd) as value_usd,
            min(newest.file_id) as file_id, flow.flow_usd
        from newest
        inner join flow using (source_code, reporter_code, partner_code, flow_code, period_code)
        left join (
            select chapter_code, min(product_name) as product_name, min(section_code) as section_code
            from core.dim_product
            where product_level = 'chapter'
            group by chapter_code
        ) as chapter on newest.chapter_code = chapter.chapter_code
        group by all
        order by value_usd desc, newest.chapter_code, one_code, other_code, newest.flow_code
    """,
}


def section(release: Release, pair: Pair, rows: dict[str, list[Row]]) -> Section:
    """What each of the pair sells to the other, in the newest year with enough detail."""
    sentences: list[Sentence] = []
    charts: list[Chart] = []
    tables: list[Table] = []
    for seller in pair.codes:
        names = pair.way(seller)
        chosen = chosen_rows(pair, seller, rows)
        if not chosen:
            sentences.append(Sentence(f"Exports from {names} by product are not loaded for any year."))
            continue
        money, tiles = money_for(row["value_usd"] for row in chosen), tiles_of(chosen)
        flow = flow_of(chosen, tiles)
        year, (teller, as_told) = chosen[0]["year_number"], release.teller(pair, chosen[0])
        sentences.append(_sentence(release, f"{sentence_case(names)}, {year}, {as_told}", tiles[0], flow, money))
        when, side = f"{year}, by {in_text(teller)}", pair.codes.index(seller)
        charts.append(_chart(seller, side, names, when, tiles, money, flow))
        if "chapter_code" in tiles[0]:
            caption = f"{sentence_case(names)}, {when}: HS chapters, {money.unit}"
            tables.append(_chapter_table(release, caption, tiles, money))
    for seller in pair.codes:
        tables.append(_group_table(release, pair, seller, rows["groups"]))
    if not charts and not any(table.lines for table in tables):
        said = f"No loaded report breaks the trade between {pair.both} down by product."
        return Section("goods", "What is traded", (Sentence(said),))
    return Section(
        "goods",
        "What is traded",
        tuple(sentences),
        tuple(charts),
        tuple(table for table in tables if table.lines),
        _how_to_read(charts),
        "The report and the year that break the flow down best.",
    )


def _how_to_read(charts: list[Chart]) -> str:
    """What to know of the goods shown; of a grey tile only where one is drawn."""
    has_grey_tile = any(
        chart.kind == "treemap" and any(row["not_broken_down"] for row in chart.rows) for chart in charts
    )
    grey = "A grey tile is what is not broken down. " if has_grey_tile else ""
    return (
        "Groups of the press overlap, as crude oil is part of energy, so only parts that cannot overlap are drawn; the "
        f"others are in the table. {grey}A good that is not named is not known, rather than not traded."
    )


def _share_pct(value_usd: Any, whole_usd: Any) -> float:
    """A good's share of its flow in percent, as the marts have it; drawing, table and sentence round this number."""
    return round(float(100 * value_usd / whole_usd), 4)


def _sentence(release: Release, whose: str, top: Row, flow: Flow, money: Money) -> Sentence:
    """The largest product of a flow, and its share of the flow where that is known."""
    said = f"{whose}: the largest product named is {top['name'].lower()}, {money.text(top['value_usd'])} {money.short}"
    if flow.value_usd:
        said += f", {percent(_share_pct(top['value_usd'], flow.value_usd), False)} of the flow"
    rule, year = top.get("value_rule") or "sum_of_products", str(top["year_number"])
    return Sentence(f"{said}.", release.origins(top["name"], top["source_code"], top, rule=rule, period=year))


def _chart(
    seller: str,
    side: int,
    names: str,
    when: str,
    tiles: list[Row],
    money: Money,
    flow: Flow,
) -> Chart:
    drawn = [
        {
            "good": tile["name"],
            "value": money.of(tile["value_usd"]),
            "share_pct": _share_pct(tile["value_usd"], flow.value_usd) if flow.value_usd else None,
            "not_broken_down": bool(tile.get("is_rest")),
            "source": tile["source_code"],
            "hs_section": tile.get("section_code"),
        }
        for tile in tiles
    ]
    named = [row for row in drawn if not row["not_broken_down"]]
    broken_down = sum(row["share_pct"] or 0 for row in named)
    is_whole = flow.has_parts and broken_down >= BROKEN_DOWN_PCT
    return Chart(
        f"goods-of-{seller.lower()}",
        "treemap" if is_whole else "ranking",
        f"{sentence_case(names)}, {when}, {money.unit}",
        _summary(names, when, drawn if is_whole else named, is_whole, broken_down if flow.has_parts else None),
        drawn,
        {"unit": money.short, "side": side, "whole": money.of(flow.value_usd) if flow.value_usd else None},
        height=340 if is_whole else 30 + 38 * min(len(named), 12),
        is_wide=False,
    )


def _summary(names: str, when: str, shown: list[Row], is_whole: bool, broken_down_pct: float | None) -> str:
    """What is to be seen: the largest goods, and where tiles would mislead why: how little is broken down, or that
    another source tells the flow, or none.
    """
    has_flow = all(row["share_pct"] is not None for row in shown)
    said = words(
        [row["good"].lower() + (f" {percent(row['share_pct'], False, 0)}" if has_flow else "") for row in shown[:4]]
    )
    if is_whole:
        return f"Treemap of goods from {names}, {when}: {said} of the flow."
    if not has_flow:
        return f"No report here has the whole flow, so the goods are a list, not parts of a whole: {said}."
    if broken_down_pct is None:
        return f"Another source has the whole flow, so the goods are a list, not parts of a whole: {said} of the flow."
    broken_down = percent(broken_down_pct, False, 0)
    return f"Only {broken_down} of the flow is broken down, so the goods are a list, not parts of a whole: {said}."


def _chapter_table(release: Release, caption: str, tiles: list[Row], money: Money) -> Table:
    """The largest chapters; the others are one line here, and each is a line of the chart's CSV."""
    total = sum(tile["value_usd"] for tile in tiles)
    chapters = [tile for tile in tiles if not tile.get("is_rest")]
    shown, others = chapters[:CHAPTERS_SHOWN], chapters[CHAPTERS_SHOWN:]
    if others:
        name = f"{len(others)} smaller chapters"
        rest = {"chapter_code": "", "name": name, "value_usd": sum(tile["value_usd"] for tile in others)}
        shown = [*shown, {**others[0], **rest}]
    shown += tiles[len(chapters) :]
    lines = []
    for row in shown:
        origins = release.origins(
            row["name"], row["source_code"], row, rule="sum_of_products", period=str(row["year_number"])
        )
        share = percent_cell(_share_pct(row["value_usd"], total), signed=False)
        cells = (Cell(row["chapter_code"]), Cell(row["name"]), money_cell(money, row["value_usd"]), share)
        lines.append(Line(cells, origins))
    return Table(caption, ("HS", "Good", "Value", "Of the flow"), tuple(lines))


def _group_table(release: Release, pair: Pair, seller: str, groups: list[Row]) -> Table:
    """The newest of what reports say of the goods `seller` sells, whatever the period; groups overlap: no sum."""
    reports = pair.reports_of(seller)
    shown = [row for row in groups if (row["one_code"], row["flow_code"]) in reports]
    money = money_for(row["value_usd"] for row in shown)
    lines = []
    for row in shown:
        origins = release.origins(
            row["group_name"], row["source_code"], row, rule=row["value_rule"], period=row["period_name"]
        )
        printed = percent(row["share_published_pct"], False)
        cells = (
            Cell(row["period_name"]),
            Cell(row["group_name"]),
            Cell(release.teller(pair, row)[0]),
            Cell(money.text(row["value_usd"]) or "not said", is_number=True, is_missing=row["value_usd"] is None),
            percent_cell(row["share_of_flow_pct"], signed=False),
            Cell(f"{printed} of {row['share_of']}" if printed and row["share_of"] else printed),
        )
        lines.append(Line(cells, origins))
    caption = f"{sentence_case(pair.way(seller))}: goods that reports name, newest first, {money.unit}"
    return Table(caption, ("Period", "Good", "By", "Value", "Of the flow", "Share as printed"), tuple(lines))
