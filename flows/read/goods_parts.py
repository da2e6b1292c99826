"""Parts of a flow that cannot overlap, and what they leave of it: the goods a report names, as charts draw them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

Row = dict[str, Any]

NAMED_GROUPS = """
select mix.*, members.hs_prefixes, coalesce(named.product_name, mix.commodity_group_code) as group_name
from marts.commodity_mix as mix
left join (
    select commodity_group_code, string_agg(hs_prefix, ',' order by hs_prefix) as hs_prefixes
    from core.bridge_product_group
    group by commodity_group_code
) as members on mix.commodity_group_code = members.commodity_group_code
left join core.dim_product as named on named.product_key = 'G:' || mix.commodity_group_code
"""
"""The goods that reports name, each with its name and the HS codes it is made of, joined by commas."""


class Flow(NamedTuple):
    """The flow whose goods are drawn: its value (USD), None where nobody tells it, and whether they are parts of it."""

    value_usd: Decimal | None
    has_parts: bool


def tiles_of(chosen: list[Row]) -> list[Row]:
    """Parts of the flow that cannot overlap, largest first, and last what is not broken down."""
    if "chapter_code" in chosen[0]:
        named = [{**row, "name": row["chapter_name"] or f"HS chapter {row['chapter_code']}"} for row in chosen]
        return named + _rest(named, {**chosen[0], "chapter_code": "", "section_code": None})
    placed = [row for row in chosen if row["hs_prefixes"]]
    tiles = [tile for row in placed if not any(_is_in(row, other) for other in placed) for tile in _split(row, placed)]
    disjoint: list[Row] = []
    for tile in sorted(tiles, key=lambda tile: -tile["value_usd"]):
        if not any(_touch(tile, other) for other in disjoint if tile["within"] != other["within"]):
            disjoint.append(tile)
    if not disjoint:
        return [{**row, "name": row["group_name"]} for row in chosen[:1]]
    return disjoint + (_rest(disjoint, {"flow_usd": chosen[0]["flow_usd"]}) if _is_one_report(chosen) else [])


def flow_of(chosen: list[Row], tiles: list[Row]) -> Flow:
    """The flow that the tiles belong to.

    Goods of one source are no parts of what another tells: their share in it can be said, the rest of it cannot.
    """
    total, drawn = chosen[0].get("flow_usd"), sum((tile["value_usd"] for tile in tiles), Decimal(0))
    if _is_one_report(chosen):
        return Flow(drawn if total is None or total < drawn else total, has_parts=True)
    return Flow(None if total is None or total < drawn else total, has_parts=False)


def _is_one_report(chosen: list[Row]) -> bool:
    """Whether the source of the goods tells the flow, too; chapters are held against their own report always."""
    return all(row.get("flow_source_code", row["source_code"]) == row["source_code"] for row in chosen)


def _rest(tiles: list[Row], of: Row) -> list[Row]:
    """What the tiles leave of the flow, as a tile that has else what `of` has; none where they leave nothing."""
    total, drawn = of["flow_usd"], sum(tile["value_usd"] for tile in tiles)
    if total is None or total <= drawn:
        return []
    return [{**of, "name": "Not broken down", "value_usd": total - drawn, "is_rest": True, "source_code": None}]


def _split(row: Row, placed: list[Row]) -> list[Row]:
    """A group as its known parts and the rest of it, or itself where no part is known."""
    inner = [other for other in placed if _is_in(other, row)]
    parts = [part for part in inner if not any(_is_in(part, other) for other in inner)]
    named = {**row, "name": row["group_name"], "within": row["commodity_group_code"]}
    if not parts:
        return [named]
    tiles = [{**tile, "within": named["within"]} for part in parts for tile in _split(part, placed)]
    rest = row["value_usd"] - sum(tile["value_usd"] for tile in tiles)
    if rest > 0:
        tiles.append({**named, "name": f"Other {row['group_name'].lower()}", "value_usd": rest})
    return tiles


def _is_in(inner: Row, outer: Row) -> bool:
    if inner is outer or inner["hs_prefixes"] == outer["hs_prefixes"]:
        return False
    return all(code.startswith(tuple(outer["hs_prefixes"].split(","))) for code in inner["hs_prefixes"].split(","))


def _touch(one: Row, other: Row) -> bool:
    codes, others = one["hs_prefixes"].split(","), other["hs_prefixes"].split(",")
    return any(code.startswith(tuple(others)) for code in codes) or any(
        code.startswith(tuple(codes)) for code in others
    )
