"""The pairs of members that a sum of marts.bilateral_group_year is made of, each with its records in raw files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from flows.read.published import ask
from flows.read.wording.numbers import count, plural

MOST = 12  # pairs named one by one, the largest first

_MEASURES = {"exports": "exports_usd", "imports": "imports_usd", "turnover": "turnover_any_basis_usd"}
# Of every pair what the sum counts of it: where not all have a total, its flows where these are more.
_FLOOR = """
case
    when coalesce(year.exports_usd, year.imports_usd, year.turnover_any_basis_usd) is not null
    then
        greatest(
            coalesce(year.turnover_any_basis_usd, 0), coalesce(year.exports_usd, 0) + coalesce(year.imports_usd, 0)
        )
end
"""
_PAIRS = """
with member as (
    select bridge.group_code as area_code, bridge.area_code as member_code
    from core.bridge_area_group as bridge
    inner join core.dim_period as period
        on period.freq_code = 'A'
        and period.year_number = $year
        and bridge.member_from <= period.period_end
        and (bridge.member_to is null or bridge.member_to > period.period_end)
    union all
    select area_code, area_code from core.dim_area where is_economy
)
select
    year.reporter_code, year.partner_code, sums.n_pairs, {amount} as amount_usd, {basis} as basis_code,
    year.turnover_source_code as source_t, year.file_id as file_t, year.line as line_t,
    year.exports_source_code as source_x, year.exports_file_id as file_x, year.exports_line as line_x,
    year.imports_source_code as source_m, year.imports_file_id as file_m, year.imports_line as line_m
from marts.bilateral_group_year as sums
inner join member as reporter on sums.reporter_code = reporter.area_code
inner join member as partner on sums.partner_code = partner.area_code
inner join marts.bilateral_year as year
    on reporter.member_code = year.reporter_code
    and partner.member_code = year.partner_code
    and sums.year_number = year.year_number
where
    sums.reporter_code = $reporter
    and sums.partner_code = $partner
    and sums.year_number = $year
    and {amount} is not null
order by amount_usd desc, year.reporter_code, year.partner_code
"""
_FILES = "select file_id, path, url, table_name from core.dim_raw_file where file_id in (select unnest(?))"


def is_of_members(row: Mapping[str, Any]) -> bool:
    """Whether a figure is one of the sums over members, or a count of the pairs in it."""
    if row["kept_in"] == "marts.bilateral_group_year":
        return "published" not in row["item"]
    return bool(row["section"] == "members")


def member_pairs(con: duckdb.DuckDBPyConnection, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The records of the pairs under a figure of members, the largest pair first; what is beyond `MOST` in one."""
    measure = next((name for name in _MEASURES if name in row["item"]), "turnover")
    pairs = _pairs(con, row, measure)
    named, others = pairs[:MOST], pairs[MOST:]
    records = [record for pair in named for record in _records(pair, measure)]
    files = {file["file_id"]: file for file in ask(con, _FILES, [[record["file_id"] for record in records]]).records()}
    found = [record | files.get(record["file_id"], {"path": None, "url": None}) for record in records]
    if others:
        said = {"pair": plural(len(others), "more pair"), "amount_usd": sum(pair["amount_usd"] for pair in others)}
        found.append(_cell(said | {"reporter_code": None, "partner_code": None, "basis_code": None}, None))
    if found:
        found[0] |= {"sum_of": f"{count(len(pairs))} of {plural(pairs[0]['n_pairs'], 'pair')} of members"}
    return found


def _pairs(con: duckdb.DuckDBPyConnection, row: Mapping[str, Any], measure: str) -> list[dict[str, Any]]:
    amount, year = f"year.{_MEASURES[measure]}", int(row["period_code"])
    if measure == "turnover":
        amount = f"case when sums.n_turnover_known = sums.n_pairs then {amount} else {_FLOOR} end"
    basis = f"year.{measure}_basis"
    if measure == "turnover":
        basis = f"coalesce({basis}, year.exports_basis, year.imports_basis)"
    sql = _PAIRS.format(amount=amount, basis=basis)
    return ask(con, sql, {"reporter": row["reporter_code"], "partner": row["partner_code"], "year": year}).records()


def _records(pair: dict[str, Any], measure: str) -> list[dict[str, Any]]:
    """The records of one pair: that of its flow, or of its total, or of the flows that make it; the first has the
    amount, and one that holds both flows is one.
    """
    flows = {"exports": "x", "imports": "m"}.get(measure) or ("t" if pair["file_t"] else "xm")
    places = dict.fromkeys((pair[f"source_{f}"], pair[f"file_{f}"], pair[f"line_{f}"]) for f in flows)
    found = [_cell(pair, place) for place in places if place[1]] or [_cell(pair, None)]
    return [found[0], *(record | {"value_usd_bn": None} for record in found[1:])]


def _cell(pair: Mapping[str, Any], place: tuple[str, str, int] | None) -> dict[str, Any]:
    source, file_id, line = place or (None, None, None)
    return {
        "pair": pair.get("pair"), "reporter_code": pair["reporter_code"], "partner_code": pair["partner_code"],
        "basis_code": pair["basis_code"], "source_code": source, "flow_code": None, "product_key": "TOTAL",
        "value_usd_bn": pair["amount_usd"] / 10**9, "file_id": file_id, "line": line,
    }  # fmt: skip
