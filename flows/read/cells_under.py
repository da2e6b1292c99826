"""The cells under a figure of the warehouse's own: those of its pair and period, and those it holds them against."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import duckdb

from flows.contracts.relations import CELLS
from flows.read.published import ask
from flows.read.wording.numbers import plural

WORLD = "WLD"
_OF_THE_WORLD = ("world_turnover_usd", "world_usd")
_SHARES = ("share_of_turnover_pct", "share_of_exports_pct", "share_of_imports_pct")
_GROWTHS = re.compile(r"growth(_\dy)?_pct$|yoy_(computed_)?pct$")
_YEARS_OF_GROWTH = re.compile(r"_(\d)y_")
_FLOWS = {"exports": "X", "imports": "M"}

# What is shown of a cell: itself, and the raw file it is read from.
_SHOWN = """
    cell.source_code, cell.flow_code, cell.product_key, cell.value_usd / 1e9 as value_usd_bn, cell.choice_rule,
    cell.file_id, cell.line, file.path, file.url, file.table_name, cell.reporter_code, cell.partner_code,
    cell.period_code
"""

_TOTALS = f"""
select {_SHOWN}
from {CELLS} as cell
left join core.dim_raw_file as file using (file_id)
where
    cell.period_code = $period and (
        (cell.reporter_code = $reporter and cell.partner_code = $partner)
        or (cell.reporter_code = $partner and cell.partner_code = $reporter)
    )
    and cell.product_key = 'TOTAL'
    and ($flow is null or cell.flow_code = $flow)
order by
    cell.reporter_code = $reporter desc, cell.source_code = $source desc nulls last, cell.source_code, cell.flow_code
limit 6
"""

# Of what has no total flow of its own, as of BACI: all its cells, each with one partner and one product.
_SUMS = f"""
select {_SHOWN}, cell.n_cells
from (
    select
        trade.source_code, trade.flow_code, 'TOTAL' as product_key, trade.reporter_code, $partner as partner_code,
        trade.period_code, sum(trade.value_usd) as value_usd, null as choice_rule,
        arg_max(trade.file_id, trade.value_usd) as file_id, arg_max(trade.line, trade.value_usd) as line,
        count(*) as n_cells
    from core.fct_trade as trade
    inner join core.dim_area as area on trade.partner_code = area.area_code and area.is_economy
    where
        trade.period_code = $period
        and trade.reporter_code = $reporter
        and ($partner = $world or trade.partner_code = $partner)
        and trade.product_key <> 'TOTAL'
        and ($flow is null or trade.flow_code = $flow)
        and ($sources is null or list_contains($sources, trade.source_code))
    group by trade.source_code, trade.flow_code, trade.reporter_code, trade.period_code
) as cell
left join core.dim_raw_file as file using (file_id)
order by cell.source_code, cell.flow_code
"""

_OF_MEMBERS = f"""
select {_SHOWN}, count(*) over () - $most as n_more
from {CELLS} as cell
inner join core.bridge_area_group as member
    on cell.reporter_code = member.area_code and member.group_code = $reporter
inner join core.dim_period as period
    on cell.period_code = period.period_code
    and member.member_from <= period.period_end
    and (member.member_to is null or member.member_to > period.period_end)
left join core.dim_raw_file as file using (file_id)
where cell.period_code = $period and cell.partner_code = '{WORLD}' and cell.product_key = 'TOTAL'
order by
    max(cell.value_usd) over (partition by cell.reporter_code) desc nulls last, cell.reporter_code, cell.source_code,
    cell.flow_code
limit $most
"""
_MOST_OF_MEMBERS = 12


def is_of_the_world(row: Mapping[str, Any]) -> bool:
    """Whether a figure is trade of its reporter with the World, whatever pair the row it is kept in is of."""
    return row["item"] in _OF_THE_WORLD


def cells_under(
    con: duckdb.DuckDBPyConnection, row: Mapping[str, Any], told: Callable[[Mapping[str, Any]], str]
) -> list[dict[str, Any]]:
    """The total flows of the pair in the period, both reports. Of a share those of the reporter with the World follow,
    of a growth those of the pair in the period before. Where there are none, the sums of the cells by product, each
    with how many there are (`n_cells`) and the record of the largest.

    `pair` says of whom and of when a cell is, where it is not of the figure's own reporter, partner and period; `told`
    names the two areas of a cell.
    """
    of_pair = {"reporter": row["reporter_code"], "partner": row["partner_code"], "period": row["period_code"]}
    of_pair |= {"source": row["source_code"], "flow": None}
    if is_of_the_world(row):
        return _totals(con, of_pair | {"partner": WORLD})
    found = _totals(con, of_pair) or _sums(con, of_pair)
    if row["item"] in _SHARES:
        of_world = of_pair | {"partner": WORLD, "flow": _FLOWS.get(row["item"].split("_")[2])}
        found += _totals(con, of_world) or _sums(con, of_world, sorted({cell["source_code"] for cell in found}))
    elif _GROWTHS.search(row["item"]):
        years = int(next(iter(_YEARS_OF_GROWTH.findall(row["item"])), 1))
        before = of_pair | {"period": f"{int(row['period_code'][:4]) - years}{row['period_code'][4:]}"}
        found += _totals(con, before) or _sums(con, before)
    return [cell | {"pair": _other(cell, row, told)} for cell in found]


def totals_of_members(
    con: duckdb.DuckDBPyConnection, row: Mapping[str, Any], told: Callable[[Mapping[str, Any]], str]
) -> list[dict[str, Any]]:
    """The totals with the World of the members of a group, the largest first; how many more there are comes last."""
    asked = {"reporter": row["reporter_code"], "period": row["period_code"], "most": _MOST_OF_MEMBERS}
    found = ask(con, _OF_MEMBERS, asked).records()
    cells = [cell | {"pair": told(cell)} for cell in found]
    if found and found[0]["n_more"] > 0:
        nowhere = dict.fromkeys(("source_code", "flow_code", "value_usd_bn", "file_id", "line", "path"))
        cells.append(nowhere | {"pair": plural(found[0]["n_more"], "more total")})
    return cells


def _other(cell: Mapping[str, Any], row: Mapping[str, Any], told: Callable[[Mapping[str, Any]], str]) -> str | None:
    """Of whom and of when a cell is, as far as it is not of what the figure is."""
    is_same = (cell["reporter_code"], cell["partner_code"]) == (row["reporter_code"], row["partner_code"])
    period = None if cell["period_code"] == row["period_code"] else cell["period_code"]
    return ", ".join(said for said in (None if is_same else told(cell), period) if said) or None


def _totals(con: duckdb.DuckDBPyConnection, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    return ask(con, _TOTALS, dict(asked)).records()


def _sums(
    con: duckdb.DuckDBPyConnection, asked: Mapping[str, Any], sources: list[str] | None = None
) -> list[dict[str, Any]]:
    """The sums of the cells of a pair by product, each way; with the World those of all partners, of these sources."""
    pair = {name: value for name, value in asked.items() if name != "source"} | {"world": WORLD, "sources": sources}
    found = ask(con, _SUMS, pair).records()
    if asked["partner"] != WORLD:
        found += ask(con, _SUMS, pair | {"reporter": asked["partner"], "partner": asked["reporter"]}).records()
    return found
