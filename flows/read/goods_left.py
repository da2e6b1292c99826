"""What the goods a report names leave of its flow: drawn as "Not broken down" and "Other ...", and kept nowhere."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import duckdb

from flows.read.goods_parts import NAMED_GROUPS, Row, flow_of, tiles_of
from flows.read.published import ask

_GROUPS = f"""
from ({NAMED_GROUPS}) as mix
where mix.value_usd is not null
    and ((mix.reporter_code = $one and mix.partner_code = $other)
    or (mix.reporter_code = $other and mix.partner_code = $one))
order by mix.reporter_code, mix.flow_code, mix.period_code, mix.value_usd desc, mix.commodity_group_code
"""


def goods_left(con: duckdb.DuckDBPyConnection, one: str, other: str) -> list[dict[str, Any]]:
    """The rests of every flow of two economies, in dollars and as a share of it, as rows of figures (figures.py)."""
    rows = ask(con, _GROUPS, {"one": one, "other": other}).records()
    found = []
    for _, group in groupby(rows, key=lambda row: (row["reporter_code"], row["flow_code"], row["period_code"])):
        chosen = list(group)
        tiles = tiles_of(chosen)
        flow = flow_of(chosen, tiles).value_usd
        for tile in (tile for tile in tiles if tile.get("is_rest") or tile["name"].startswith("Other ")):
            told = _told(chosen[0], tile["name"])
            found.append(told | {"figure": float(tile["value_usd"]), "unit": "usd"})
            if flow:
                found.append(told | {"figure": 100 * float(tile["value_usd"] / flow), "unit": "percent"})
    return found


def _told(row: Row, name: str) -> dict[str, Any]:
    keys = ("reporter_code", "partner_code", "period_code", "source_code", "file_id", "line")
    return {name: row[name] for name in keys} | {
        "kept_in": "marts.commodity_mix", "section": None, "item": "rest_of_flow", "detail": name.lower(),
        "rule_code": None,
    }  # fmt: skip
