"""US Census Bureau: monthly exports and imports of the United States by partner and product, live.

The service tells of no revision. But all months' totals come in one answer, and a month is asked for anew when its
total, or its total since January, is another one than before; a correction that moves goods between partners or
products and leaves both totals as they were goes unnoticed. One answer holds a flow, a month and a product level.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.contracts import Column, Table
from flows.errors import ColumnsMissing, FileRefused, HttpFailed, NothingYet
from flows.formats import Record
from flows.formats.dropped import stem_of
from flows.ledger import utc_now
from flows.settings import Settings
from flows.sources.base import Partition, Recognised, read_whole
from flows.transport.http import Answer, Http

HOST = "https://api.census.gov"
_TABLES = {
    "exports": ("E_COMMODITY", "ALL_VAL_MO", "ALL_VAL_YR"),
    "imports": ("I_COMMODITY", "GEN_VAL_MO", "GEN_VAL_YR"),
}
_ALL = "-"  # of all partners, of all goods
_TOTAL = "TOTAL"
_GROUP = re.compile(r"0\d{3}|\dXXX")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
# Other answers of the Bureau hold a part of the trade, such as a state's, or products of another classification.
_PARTED_BY = (
    "STATE", "DISTRICT", "PORT", "DF", "RP", "CTY_SUBCO", "E_ENDUSE", "I_ENDUSE", "NAICS", "SITC", "HITECH", "USDA",
)  # fmt: skip


def partitions(settings: Settings, since: datetime | None, http: Http) -> Iterator[Partition]:
    """Every month published of the years asked for, by flow and product level, the newest first.

    Raises HttpFailed or QuotaExhausted when the Bureau does not answer, FileRefused when it answers nonsense.
    """
    years = settings.years(utc_now().date())
    if not years:
        return
    for table, (commodity, *values) in _TABLES.items():
        span = {"time": f"from {years[0]}-01 to {years[-1]}-12", "CTY_CODE": _ALL}
        totals = _totals(http, table, values, span)
        for month, tag in sorted(((m, t) for m, t in totals.items() if int(m[:4]) in years), reverse=True):
            for level in settings.census_levels:
                yield _partition(table, commodity, values, month, level.upper(), tag)


def fetch(partition: Partition, http: Http) -> Iterator[bytes]:
    """The answer as received. Raises NothingYet where there is none for the month."""
    answer = _ask(http, partition.table, json.loads(partition.location))
    if answer.status == 204:
        raise NothingYet(f"The Census Bureau has no {partition.table} for {partition.key} yet.")
    yield answer.content


def read(path: Path, table: Table) -> Iterator[Record]:
    """Position and values of each record; an answer without a product level is of all goods.

    Raises FileRefused when the answer is of a part of the trade, such as a state's, or when the partners do not add up
    to their total: the answer is of some partners, or was cut short.
    """
    header, rows = _rows(json.loads(read_whole(path).decode("utf-8-sig")))
    _require_all_trade(header, rows, path.name)
    of_product = {"COMM_LVL", _TABLES[table.name][0]}
    needed = {column.header for column in table.columns} - (of_product if not of_product & set(header) else set())
    if missing := sorted(needed - set(header)):
        raise ColumnsMissing(path.name, missing, f"census.{table.name}")
    places = [header.index(column.header) if column.header in needed else None for column in table.columns]
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for line, row in enumerate(rows, start=2):
        values = [_ALL if place is None else row[place] for place in places]
        _add_up(sums, table.columns, values)
        yield line, values
    _require_whole(sums, header, rows, path.name)


def mended(path: Path, table: Table) -> str:
    """A sentence on columns the contract does not know, which stay in the raw file."""
    header, _ = _rows(json.loads(read_whole(path).decode("utf-8-sig")))
    strange = [name for name in header if name not in {c.header for c in table.columns} | set(table.ignored)]
    what = f"columns the contract of {table.source}.{table.name} does not know"
    return f"{path.name} has {what}: {', '.join(strange)}; they stay in the raw file." if strange else ""


def recognise(name: str, start: bytes) -> Recognised | None:
    """A saved answer by the names in its first row; its name is its key."""
    head = re.match(rb'\s*\[\s*\[("[A-Za-z_0-9 ]+"(?:\s*,\s*"[A-Za-z_0-9 ]+")*)\s*\]', start)
    columns = set(json.loads(b"[" + head[1] + b"]")) if head else set()
    for table, (_, *values) in _TABLES.items():
        if {"CTY_CODE", "time", *values} <= columns:
            return Recognised(table=table, key=stem_of(name.rpartition("!")[2]))
    return None


def _ask(http: Http, table: str, params: dict[str, str]) -> Answer:
    key = http.settings.census_key
    secret = {"key": key.get_secret_value()} if key and key.get_secret_value() else None
    try:
        return http.get(_address(table), params, secret_params=secret, expect="json")
    except HttpFailed as error:
        if secret is None:
            hint = "the Census Bureau may want a key, which costs nothing: ENTREPOT_CENSUS_KEY"
            raise type(error)(f"{error} Without one, {hint}.") from error
        raise


def _address(table: str) -> str:
    return f"{HOST}/data/timeseries/intltrade/{table}/hs"


def _totals(http: Http, table: str, values: list[str], span: dict[str, str]) -> dict[str, str]:
    """The months there are, with a tag that changes when their totals do."""
    answer = _ask(http, table, {"get": ",".join(values), **span})
    if answer.status == 204:
        return {}
    try:
        header, rows = _rows(answer.json())
        month, *places = (header.index(name) for name in ("time", *values))
        totals = {row[month]: "/".join(str(int(row[place])) for place in places) for row in rows}
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise FileRefused(f"The Census Bureau's list of {table} by month is not what it documents: {error}") from error
    if len(totals) != len(rows) or not all(_MONTH.fullmatch(str(month)) for month in totals):
        raise FileRefused(f"The Census Bureau's list of {table} by month names months twice or none.")
    return totals


def _partition(table: str, commodity: str, values: list[str], month: str, level: str, tag: str) -> Partition:
    by_product = level != _TOTAL
    columns = ["CTY_CODE", "CTY_NAME", *([commodity] if by_product else []), *values]
    params = {"get": ",".join(columns), "time": month} | ({"COMM_LVL": level} if by_product else {})
    return Partition(
        source="census",
        table=table,
        key=f"{month}-{level}",
        revision=tag,
        url=f"{_address(table)}?{'&'.join(f'{name}={text}' for name, text in params.items())}",
        location=json.dumps(params),
        suffix="json",
        labels={"level": level},
        period=month,
    )


def _rows(document: Any) -> tuple[list[str], list[list[Any]]]:
    """The names in the first row, and the other rows."""
    header, *rows = document
    if not all(isinstance(row, list) and len(row) == len(header) for row in document):
        raise ValueError("the rows are not of one length")
    return header, rows


def _add_up(sums: defaultdict[tuple[str, str], int], columns: tuple[Column, ...], values: list[str | None]) -> None:
    """Add the figures of a partner to, or take the total from, the sum of each product and column."""
    row = dict(zip((column.header for column in columns), values, strict=True))
    partner = str(row["CTY_CODE"])
    if _GROUP.fullmatch(partner):
        return
    product = next(str(text) for name, text in row.items() if name.endswith("_COMMODITY"))
    for name, text in row.items():
        if "_VAL_" in name and re.fullmatch(r"-?\d+", str(text)):
            sums[product, name] += -int(str(text)) if partner == _ALL else int(str(text))


def _require_all_trade(header: list[str], rows: list[list[Any]], name: str) -> None:
    """Refuse an answer of a part of the trade: its rows would be taken for the whole of it."""
    for column in (column for column in _PARTED_BY if column in header):
        place = header.index(column)
        part = next((row[place] for row in rows if row[place] not in (None, "", _ALL)), None)
        if part is not None:
            what = f"its figures are parts of the trade by {column}, such as {str(part)[:20]!r}, and not all of it"
            raise FileRefused(f"{name}: {what}; ask the Census Bureau for them without {column}.")


def _require_whole(sums: dict[tuple[str, str], int], header: list[str], rows: list[list[Any]], name: str) -> None:
    """Refuse figures that differ from their total by more than rounding each to a dollar explains."""
    wrong = {key: difference for key, difference in sums.items() if abs(difference) > len(rows)}
    if not wrong:
        return
    place = header.index("CTY_CODE")
    if not any(row[place] == _ALL for row in rows):
        what = f"there is no total of all partners (CTY_CODE {_ALL}), so the answer is of some of them"
        raise FileRefused(f"{name}: {what}; ask the Census Bureau for all partners at once.")
    (product, column), difference = max(wrong.items(), key=lambda item: abs(item[1]))
    what = f"the partners' {column} of product {product} and their total differ by {abs(difference)} USD"
    raise FileRefused(f"{name}: {what}; the answer was cut short and has to be asked for again.")
