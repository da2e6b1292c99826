"""The figures the warehouse itself prints, looked up by a number as printed: cells, marts and profiles of a pair.

What a person reads may be no report at all: a sum of two flows, a share, a growth, a place. Each is found where it is
kept, with the rule that made it, and with the cells of its pair and period, which lead on to raw files and lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from flows.contracts import Source
from flows.formats.dropped import Dropped
from flows.read.published import ask
from flows.read.wording.codes import rule
from flows.settings import Settings

_ARTICLE = ("RUS", "CHN")  # the pair of what `run` prints, where no other is asked for
_AS_TEXT = ("csv", "tsv")  # raw files with a record in every line
_NUMBERS = ("DECIMAL", "DOUBLE", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "SMALLINT")

_CELLS = """
select
    'core.trade_cell' as kept_in, flow_code || ' ' || product_key as item, reporter_code, partner_code, period_code,
    cast(value_usd as double) as figure, 'usd' as unit, choice_rule as rule_code, source_code, file_id, line
from (select * from core.fct_trade union all by name select * from core.fct_trade_total)
where abs(abs(value_usd) / 1e9 - $number) <= $half
"""
_PROFILE = """
select
    'marts.profile' as kept_in, concat_ws(' ', section, item, detail) as item, reporter_code, partner_code, period_code,
    figure, unit, coalesce(rule_code, basis_code) as rule_code, source_code, file_id, line
from (
    select
        *, unnest([cast(value as double), value_min, value_max, share_pct, n_known, n_total, n_mirrored, n_missing])
        as figure
    from marts.profile($area, $other)
)
where abs(abs(figure) / case when unit = 'usd' then 1e9 else 1 end - $number) <= $half
    or abs(abs(figure) - $number) <= $half
"""
_MADE_OF = """
select
    cell.source_code, cell.flow_code, cell.product_key, cell.value_usd / 1e9 as value_usd_bn, cell.choice_rule,
    cell.file_id, cell.line, file.path, file.url, file.table_name
from (select * from core.fct_trade union all by name select * from core.fct_trade_total) as cell
left join core.dim_raw_file as file using (file_id)
where
    cell.period_code = $period and (
        (cell.reporter_code = $reporter and cell.partner_code = $partner)
        or (cell.reporter_code = $partner and cell.partner_code = $reporter)
    )
    and cell.product_key = 'TOTAL'
order by
    cell.reporter_code = $reporter desc, cell.source_code = $source desc nulls last, cell.source_code, cell.flow_code
limit 6
"""


@dataclass(frozen=True)
class Figure:
    """A figure of the warehouse's own: where it is kept, what it is of, how it was made, and the cells under it."""

    figure: dict[str, Any]
    made_of: list[dict[str, Any]]


def find_figures(
    settings: Settings,
    con: duckdb.DuckDBPyConnection,
    contracts: dict[str, Source],
    printed: tuple[float, float],
    asked: dict[str, str | None],
    limit: int,
) -> list[Figure]:
    """The figures that round to what is printed, the nearest first; `asked` may name reporter, partner and period.

    Amounts are compared in billions of dollars, all else as it stands; the sign does not matter.
    """
    number, unit = abs(printed[0]), printed[1]
    values = {"number": number, "half": unit / 2 * 1.000001}
    pair = (asked["reporter"] or _ARTICLE[0], asked["partner"] or _ARTICLE[1])
    pair = pair if pair[0] != pair[1] else _ARTICLE
    found = _ask(con, _PROFILE, values | {"area": pair[0], "other": pair[1]})
    for table in (_CELLS, *_of_marts(con)):
        found += _ask(con, table, values)
    kept = [row for row in found if _fits(row, asked)]
    kept.sort(key=lambda row: (_place(row), _distance(row, number), str(row["period_code"])))
    return [
        Figure(row | {"rule": rule(row["rule_code"])}, _made_of(settings, con, contracts, row)) for row in kept[:limit]
    ]


def _fits(row: dict[str, Any], asked: dict[str, str | None]) -> bool:
    """Whether a row is of what was asked for; the two sides of a pair may be named in either order."""
    sides = {code for code in (asked["reporter"], asked["partner"]) if code}
    period = asked["period"]
    return sides <= {row["reporter_code"], row["partner_code"]} and (period is None or row["period_code"] == period)


def _place(row: dict[str, Any]) -> int:
    """What a reader most likely means comes first: trade of the pair, what a page shows of it, and counts last."""
    if row["kept_in"] == "marts.profile":
        section = str(row["item"]).partition(" ")[0]
        return 0 if section == "trade" else 2 if section in ("statement", "event", "missing") else 1
    if str(row["item"]).startswith("n_"):
        return 4
    return 1 if row["kept_in"].startswith(("marts.bilateral", "marts.partner_rank", "core.")) else 3


def _distance(row: dict[str, Any], number: float) -> float:
    return float(min(abs(abs(row["figure"]) / scale - number) for scale in (1, 1e9)))


def _ask(con: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    return ask(con, sql, {name: value for name, value in values.items() if f"${name}" in sql}).records()


def _of_marts(con: duckdb.DuckDBPyConnection) -> list[str]:
    """A query for each table of the marts, over all its numbers."""
    columns: dict[str, dict[str, str]] = {}
    sql = (
        "select table_name, column_name, data_type from information_schema.columns "
        "inner join information_schema.tables using (table_schema, table_name) "
        "where table_schema = 'marts' and table_type = 'BASE TABLE'"
    )
    for table, column, data_type in con.execute(sql).fetchall():
        columns.setdefault(table, {})[column] = data_type
    return [query for table, of in sorted(columns.items()) if (query := _of_mart(table, of))]


def _of_mart(table: str, columns: dict[str, str]) -> str | None:
    periods = ("period_code", "year_number", "latest_year", "due_year")
    period = next((name for name in periods if name in columns), "null")
    sides = [name if name in columns else f"null as {name}" for name in ("reporter_code", "partner_code")]
    numbers = [
        name
        for name, data_type in columns.items()
        if data_type.startswith(_NUMBERS) and name not in ("year_number", "line", "month_number")
    ]
    if not numbers:
        return None
    listed = ", ".join(f"struct_pack(item := '{name}', figure := cast({name} as double))" for name in numbers)
    optional = [f"{name}" if name in columns else f"null as {name}" for name in ("source_code", "file_id", "line")]
    return f"""
        select
            'marts.{table}' as kept_in, told.item, {", ".join(sides)},
            cast({period} as varchar) as period_code, told.figure,
            case when told.item like '%usd%' then 'usd' end as unit, null as rule_code, {", ".join(optional)}
        from (select *, unnest([{listed}]) as told from marts.{table})
        where abs(abs(told.figure) / case when told.item like '%usd%' then 1e9 else 1 end - $number) <= $half
    """


def _made_of(
    settings: Settings, con: duckdb.DuckDBPyConnection, contracts: dict[str, Source], row: dict[str, Any]
) -> list[dict[str, Any]]:
    """The total flows of the pair in the period, both reports, each with its record in the raw file."""
    if row["file_id"]:
        sql = "select path, url, table_name from core.dim_raw_file where file_id = $file_id"
        own = {"source_code": row["source_code"], "flow_code": None, "value_usd_bn": None, **row}
        cells = [own | file for file in _ask(con, sql, {"file_id": row["file_id"]})]
        return [cell | {"raw_line": _record_of(settings, contracts, cell)} for cell in cells]
    if row["reporter_code"] is None or row["partner_code"] is None or row["period_code"] is None:
        return []
    asked = {"reporter": row["reporter_code"], "partner": row["partner_code"], "period": row["period_code"]}
    cells = _ask(con, _MADE_OF, asked | {"source": row["source_code"]})
    return [cell | {"raw_line": _record_of(settings, contracts, cell)} for cell in cells]


def _record_of(settings: Settings, contracts: dict[str, Source], cell: dict[str, Any]) -> str:
    return raw_record(settings, contracts, cell["file_id"], cell["path"], cell["line"])


def raw_record(
    settings: Settings, contracts: dict[str, Source], file_id: str | None, path: str | None, line: int | None
) -> str:
    """The record of a raw file a figure stands on: its line, or where a record is no line its fields as landed.

    Empty when the raw store or the landed rows have been cleared, or another process writes to them.
    """
    if not file_id or not path or line is None:
        return ""
    source, table, *_ = file_id.split("/")
    contract = contracts[source].table(table) if source in contracts else None
    if contract is None or (contract.format in _AS_TEXT and not contract.layout):
        return _text_line(settings, path, line)
    return _landed_fields(settings, contract.landed_name, file_id, line)


def _text_line(settings: Settings, path: str, line: int) -> str:
    place = settings.warehouse / path
    if not place.is_file():
        return ""
    with Dropped(path=place).open() as stream:
        for number, text in enumerate(stream, start=1):
            if number == line:
                return text.decode("utf-8-sig", errors="replace").rstrip("\r\n")
    return ""


def _landed_fields(settings: Settings, landed_name: str, file_id: str, line: int) -> str:
    try:
        with duckdb.connect(str(settings.landed), read_only=True, config=settings.duckdb_config) as con:
            cursor = con.execute(f"select * from raw.{landed_name} where file_id = ? and line = ?", [file_id, line])
            names = [column[0] for column in cursor.description or []]
            row = cursor.fetchone()
    except duckdb.Error:
        return ""
    fields = zip(names, row or (), strict=False)
    return ", ".join(
        f"{name} {value}" for name, value in fields if value is not None and name not in ("file_id", "line")
    )
