"""The figures the warehouse itself prints, looked up by a number as printed: cells, marts and profiles of a pair.

What a person reads may be no report at all: a sum of two flows, a share, a growth, a place. Each is found where it is
kept, with the rule that made it, and with the cells of its pair and period, which lead on to raw files and lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from flows.contracts import Source
from flows.contracts.relations import CELLS, IS_STORAGE, quote
from flows.read import drawn_figures
from flows.read.areas import area_names, period_names
from flows.read.cells_under import WORLD, cells_under, is_of_the_world, totals_of_members
from flows.read.goods_left import goods_left
from flows.read.member_pairs import is_of_members, member_pairs
from flows.read.printed_number import Printed
from flows.read.published import ask
from flows.read.raw_record import raw_place, raw_record
from flows.read.wording.codes import in_words, rule
from flows.read.wording.figures import figure_words
from flows.read.wording.names import in_text
from flows.settings import Settings

_ARTICLE = ("RUS", "CHN")  # the pair of what `run` prints, where no other is asked for
_LAST_DIGITS = 1e-14  # of a double, where a figure was divided on its way
_PROFILE_NAME = "marts.profile"
_OF_YEAR = "year_"  # so begin the columns of a month that are of its whole year
_USD = ("usd", "current US dollars")
_PLACES_OF_SECTIONS = {"trade": 0, "statement": 2, "event": 2, "missing": 2}  # see _place
# Numbers of the marts that are no figures of trade: where a record stands, and when.
_NO_FIGURES = ("line of the raw file", "calendar year", "months", "periods", "UTC")

# The columns that say of whom and from where a row of a mart is, by the names they have there.
_KNOWN_AS = {
    "reporter_code": ("reporter_code", "exporter_code"),
    "partner_code": ("partner_code", "importer_code"),
    "source_code": ("source_code",),
    "file_id": ("file_id",),
    "line": ("line",),
}

_CELLS = f"""
select
    'core.trade_cell' as kept_in, null as section, flow_code as item, product_key as detail, reporter_code,
    partner_code, period_code, cast(value_usd as double) as figure, 'usd' as unit, choice_rule as rule_code,
    source_code, file_id, line
from {CELLS}
where abs(abs(value_usd) / 1e9 - $number) <= $half
"""
_PROFILE = """
select
    'marts.profile' as kept_in, section, item, detail, reporter_code, partner_code, period_code,
    told.figure, coalesce(told.unit, profile.unit) as unit, coalesce(rule_code, basis_code) as rule_code, source_code,
    file_id, line, told.counted
from (
    select
        *,
        unnest([
            {'figure': cast(value as double), 'unit': null, 'counted': null},
            {'figure': value_min, 'unit': null, 'counted': null},
            {'figure': value_max, 'unit': null, 'counted': null},
            {'figure': share_pct, 'unit': 'percent', 'counted': null},
            {'figure': n_known, 'unit': 'count', 'counted': 'n_known'},
            {'figure': n_total, 'unit': 'count', 'counted': 'n_total'},
            {'figure': n_mirrored, 'unit': 'count', 'counted': 'n_mirrored'},
            {'figure': n_missing, 'unit': 'count', 'counted': 'n_missing'}
        ]) as told
    from marts.profile($area, $other)
) as profile
where
    abs(abs(told.figure) / case when coalesce(told.unit, profile.unit) = 'usd' then 1e9 else 1 end - $number) <= $half
    or abs(abs(told.figure) - $number) <= $half
"""
# Every number of the marts that has a unit, and the columns that say of whom, of when and from where a row is.
_COLUMNS = f"""
select
    table_name,
    list(column_name order by column_position) filter (where unit is not null and not list_contains($none, unit)),
    list(coalesce(unit, '') order by column_position)
        filter (where unit is not null and not list_contains($none, unit)),
    list(column_description order by column_position)
        filter (where unit is not null and not list_contains($none, unit)),
    list(column_name)
from meta.dictionary
where object_kind = 'table' and schema_name = 'marts' and not {IS_STORAGE}
group by table_name
order by table_name
"""


@dataclass(frozen=True)
class Figure:
    """A figure of the warehouse's own: what it is, how it was made, where else it is kept, and the cells under it."""

    figure: dict[str, Any]
    also_in: list[str]
    made_of: list[dict[str, Any]]


def find_figures(
    settings: Settings,
    con: duckdb.DuckDBPyConnection,
    contracts: dict[str, Source],
    printed: Printed,
    asked: dict[str, str | None],
    limit: int,
    printed_as: str | None = None,
) -> list[Figure]:
    """The figures that round to what is printed, the nearest first; `asked` may name reporter, partner and period.

    Those in the unit it is printed with (see unit_printed) come alone, where there are any.

    Amounts are compared in billions of dollars, all else as it stands; the sign does not matter. One figure of a pair
    and period that several tables keep is one.
    """
    number = abs(printed.value)
    kept = _kept(con, number, printed.unit, asked)
    for smaller in (1e3, 1e6):  # small trade is drawn in millions, the smallest in thousands
        if not kept:
            number = abs(printed.value) / smaller
            kept = [row for row in _kept(con, number, printed.unit / smaller, asked) if row["unit"] in _USD]
    kept = of_unit(kept, printed_as)
    kept.sort(key=lambda row: (_place(row), _distance(row, number), _is_of_others(row), *_of_what(row)))
    return as_figures(settings, con, contracts, kept, limit)


def of_unit(rows: list[dict[str, Any]], printed_as: str | None) -> list[dict[str, Any]]:
    """The rows in the unit that was printed with the figure; all of them where none is in it, or none was printed."""
    units = {"percent": ("percent", "percentage points"), "money": (*_USD, "usd_bn"), "years": ("years", "count")}
    return [row for row in rows if row["unit"] in units.get(printed_as or "", (row["unit"],))] or rows


def as_figures(
    settings: Settings,
    con: duckdb.DuckDBPyConnection,
    contracts: dict[str, Source],
    rows: list[dict[str, Any]],
    limit: int,
) -> list[Figure]:
    """At most `limit` figures in the order of their rows: what several tables keep is one."""
    same: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        same.setdefault(_identity(row), []).append(row)
    names, periods = area_names(con), period_names(con)
    return [
        Figure(_told(alike[0], names, periods, made_of), _also_in(alike), made_of)
        for alike in list(same.values())[:limit]
        for made_of in [_made_of(settings, con, contracts, alike[0], names)]
    ]


def _kept(
    con: duckdb.DuckDBPyConnection, number: float, unit: float, asked: dict[str, str | None]
) -> list[dict[str, Any]]:
    """The figures within half a unit of a number, of what was asked for. A chart writes all digits a double has."""
    values = {"number": number, "half": max(unit / 2 * 1.000001, number * _LAST_DIGITS)}
    pair = (asked["reporter"] or _ARTICLE[0], asked["partner"] or _ARTICLE[1])
    pair = pair if pair[0] != pair[1] else _ARTICLE
    found = _ask(con, _PROFILE, values | {"area": pair[0], "other": pair[1]})
    for table in (_CELLS, *drawn_figures.QUERIES, *_of_marts(con)):
        found += _ask(con, table, values)
    found += [row for row in goods_left(con, *pair) if _distance(row, number) <= values["half"]]
    found = [row | {"partner_code": None} if is_of_the_world(row) else row for row in found]
    return of_what_was_asked(found, asked)


def of_what_was_asked(rows: list[dict[str, Any]], asked: dict[str, str | None]) -> list[dict[str, Any]]:
    """The rows of the pair and period that were asked for; where there are none those of one of the two, with which a
    page compares the pair.
    """
    return [row for row in rows if _fits(row, asked)] or [row for row in rows if _touches(row, asked)]


def _told(
    row: dict[str, Any], names: dict[str, str], periods: dict[str, str], made_of: list[dict[str, Any]]
) -> dict[str, Any]:
    """The row with what it is, of whom, of when, and how it was made in words."""
    unit = "usd" if row["unit"] in _USD else row["unit"]
    made = in_words("basis", row["rule_code"]) if row["rule_code"] in ("own", "mirror", "derived") else None
    if made_of and "sum_of" in made_of[0]:
        made = f"sum of what is loaded of {made_of[0]['sum_of']}"
    what = _what(row)
    told = {"unit": unit, "words": what, "sides": _sides(row, names, what), "rule": made or rule(row["rule_code"])}
    return row | told | {"period_name": periods.get(row["period_code"], row["period_code"])}


def _sides(row: Mapping[str, Any], names: dict[str, str], what: str = "") -> str:
    """The two areas of a row, by names: `China with Russia`, or of exports and imports `China to Russia`."""
    sides = [in_text(names.get(code, code)) for code in (row["reporter_code"], row["partner_code"]) if code]
    return {"imports": " from ", "exports": " to "}.get(what.partition(",")[0], " with ").join(sides)


def _what(row: dict[str, Any]) -> str:
    """What the figure of a row is, in words."""
    said = figure_words(row["section"], row["item"], row["detail"], row.get("counted"))
    return f"{said}, added up from members" if row["section"] == "members" and not row.get("counted") else said


def _identity(row: dict[str, Any]) -> tuple[Any, ...]:
    """What makes two rows one figure. Of what has no side, such as a target, both directions of the pair are kept."""
    scale = 1e9 if row["unit"] in _USD else 1
    sides = (row["reporter_code"], row["partner_code"])
    who = frozenset(sides) if row["section"] in ("target", "settlement", "event") else sides
    return who, row["period_code"], row.get("counted"), round(abs(row["figure"]) / scale, 9)


def _also_in(rows: list[dict[str, Any]]) -> list[str]:
    """The other places of one figure, in words, each once."""
    names = [_what(row) + ("" if row["kept_in"] == _PROFILE_NAME else f" in {row['kept_in']}") for row in rows]
    return [name for name in dict.fromkeys(names) if name != names[0]]


def _fits(row: dict[str, Any], asked: dict[str, str | None]) -> bool:
    """Whether a row is of what was asked for; the two sides of a pair may be named in either order.

    What is of one economy alone, such as a currency's share in all its trade, fits where that one was named.
    """
    sides = {code for code in (asked["reporter"], asked["partner"]) if code}
    of_row = {code for code in (row["reporter_code"], row["partner_code"]) if code}
    if not row["kept_in"].startswith("core."):
        of_row -= {WORLD}
    is_of_nobody = not of_row and row["kept_in"] in drawn_figures.OF_NOBODY
    is_of_them = sides <= of_row or (len(of_row) == 1 and of_row <= sides) or is_of_nobody
    return is_of_them and asked["period"] in (None, row["period_code"])


def _touches(row: dict[str, Any], asked: dict[str, str | None]) -> bool:
    """Whether a row is of one of the two that were asked for, in the period asked for."""
    sides = {asked["reporter"], asked["partner"]} - {None}
    return bool(sides & {row["reporter_code"], row["partner_code"]}) and asked["period"] in (None, row["period_code"])


def _place(row: dict[str, Any]) -> int:
    """What a reader most likely means comes first: trade of the pair, what a page shows of it, and counts last."""
    if row.get("counted"):
        return 1
    if row["kept_in"] == _PROFILE_NAME:
        return _PLACES_OF_SECTIONS.get(row["section"], 1)
    if row["unit"] == "count":
        return 4
    if row["kept_in"] == "marts.bilateral_group_year":
        return 2
    return 1 if row["kept_in"].startswith(("marts.bilateral", "marts.partner_rank", "core.")) else 3


def _is_of_others(row: dict[str, Any]) -> bool:
    """Whether the figure is one that a side has by the report of the other: the report itself comes before it."""
    return str(row["item"]).startswith(("turnover_any_basis", "partner_reported"))


def _of_what(row: dict[str, Any]) -> tuple[str, str]:
    return str(row["period_code"]), str(row["reporter_code"])


def _distance(row: dict[str, Any], number: float) -> float:
    return float(min(abs(abs(row["figure"]) / scale - number) for scale in (1, 1e9)))


def _ask(con: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    return ask(con, sql, {name: value for name, value in values.items() if f"${name}" in sql}).records()


def _of_marts(con: duckdb.DuckDBPyConnection) -> list[str]:
    """A query for each table of the marts, over all its figures."""
    found = con.execute(_COLUMNS, {"none": list(_NO_FIGURES)}).fetchall()
    return [
        _of_mart(table, list(zip(figures, units, meanings, strict=True)), names)
        for table, figures, units, meanings, names in found
        if figures
    ]


def _of_mart(table: str, figures: list[tuple[str, str, str]], names: list[str]) -> str:
    """The query for a table: its columns of figures, each with its unit and meaning, and the names of all columns."""
    period = _known(("period_code", "year_number", "latest_year", "due_year"), names)
    listed = ", ".join(
        f"struct_pack(item := '{name}', unit := '{unit}', meaning := {quote(said)}, figure := cast({name} as double))"
        for name, unit, said in figures
    )
    known = [f"{_known(spelt, names)} as {name}" for name, spelt in _KNOWN_AS.items()]
    return f"""
        select
            'marts.{table}' as kept_in, null as section, told.item, null as detail, {", ".join(known)},
            cast({period} as varchar) as period_code, told.figure, told.unit, told.meaning, null as rule_code
        from (select *, unnest([{listed}]) as told from marts.{table})
        where abs(abs(told.figure) / case when told.unit = 'current US dollars' then 1e9 else 1 end - $number) <= $half
    """


def _known(spelt: tuple[str, ...], names: list[str]) -> str:
    """The first of the columns a table has; null where it has none of them."""
    return next((name for name in spelt if name in names), "null")


def _made_of(
    settings: Settings,
    con: duckdb.DuckDBPyConnection,
    contracts: dict[str, Source],
    row: dict[str, Any],
    names: dict[str, str],
) -> list[dict[str, Any]]:
    """The cells under a figure (see cells_under), or of a sum over members those of their pairs; each with its record
    in the raw file.
    """
    if row["item"].startswith(_OF_YEAR):  # the record of a row of months is that of the months
        row = row | {"file_id": None, "source_code": None, "period_code": row["period_code"][:4]}
    if row["file_id"]:
        sql = "select source_code, path, url, table_name from core.dim_raw_file where file_id = $file_id"
        own = {"flow_code": None, "value_usd_bn": None, **row}
        cells = [own | file for file in _ask(con, sql, {"file_id": row["file_id"]})]
    elif None in (row["reporter_code"], row["period_code"], row["partner_code"] or is_of_the_world(row) or None):
        cells = []
    elif is_of_members(row) and row["partner_code"] == WORLD:
        cells = totals_of_members(con, row, lambda cell: _sides(cell, names))
    elif is_of_members(row):
        cells = [{**cell, "pair": cell["pair"] or _sides(cell, names)} for cell in member_pairs(con, row)]
    else:
        cells = cells_under(con, row, lambda cell: _sides(cell, names))
    return [
        cell | {"raw_line": raw_record(settings, contracts, *place), "place": raw_place(settings, contracts, *place)}
        for cell in cells
        for place in [(cell["file_id"], cell["path"], cell["line"])]
    ]
