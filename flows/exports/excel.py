"""The marts of a release as an Excel workbook: a sheet per mart, before them what the figures are and whose.

Made when asked for, not at each publish: the bundled figures' 73,000 rows take 6 s of a run of 80 s, larger ones more,
and few releases are ever opened in Excel.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, takewhile
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from flows.contracts.grains import load_grains
from flows.errors import EntrepotError
from flows.exports.excel_about import ABOUT, DICTIONARY, Described, Mart, Sheet, about, described_marts
from flows.exports.named import named_rows
from flows.releases.place import release_path, require_writable
from flows.settings import Settings

log = logging.getLogger("entrepot")

ROWS_OF_A_SHEET = 1_048_576
_LONGEST_TEXT = 32_767
_NARROWEST, _WIDEST, _READABLE = 8, 48, 40
_MOST_FROZEN = 3  # columns; more would leave a small screen no room
_ROWS_AT_ONCE = 2_000
_INK, _PAPER = "#1f2a36", "#e8edf2"

# Number formats by unit: a value of a billion or more is shown in billions, the cell keeps every dollar. The `_)` at
# the end leaves as much room as a bracket takes, which keeps a number off the text to its right.
_MONEY = '[>=1000000000]#,##0.000,,," bn"_);[<=-1000000000]-#,##0.000,,," bn"_);#,##0_)'
_BY_UNIT = {
    "current US dollars": _MONEY,
    "yuan": _MONEY,
    "percent": '#,##0.0"%"_)',  # the cell holds 35.8 for 35.8 %
    "percentage points": "0.00_)",
    "calendar year": "0_)",
    "kilograms": "#,##0_)",
    "count": "#,##0_)",
    "kilometres": "#,##0_)",
    "persons": "#,##0_)",
}
_BY_TYPE = {"DATE": "yyyy-mm-dd", "TIMESTAMP": "yyyy-mm-dd hh:mm:ss", "BIGINT": "#,##0_)", "INTEGER": "0_)"}


@dataclass(frozen=True)
class Workbook:
    """What was written, and what was left out because no sheet holds it, with the number of its rows."""

    path: Path
    sheets: list[Sheet]
    left_out: list[Sheet]


def write_workbook(settings: Settings, run_id: str, path: Path, most_rows: int = ROWS_OF_A_SHEET) -> Workbook:
    """Write the marts of a release to `path`, whole or not at all; `most_rows` counts the header of a sheet.

    Raises EntrepotError when there is no such release, when no file can be made there, or when a text is longer than a
    cell of Excel holds.
    """
    release = release_path(settings, run_id)
    if not release.is_file():
        raise EntrepotError(f"There is no release {run_id!r}; `entrepot status` lists the releases.")
    if path.is_dir():
        raise EntrepotError(f"{path} is a folder; name a file in it, such as {path / 'trade.xlsx'}.")
    require_writable(path.parent)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.new")  # two at once do not write into one file
    with duckdb.connect(str(release), read_only=True, config=settings.duckdb_config) as con:
        marts = described_marts(con)
        fitting = [mart for mart in marts if mart.rows < most_rows]
        left_out = [mart.sheet for mart in marts if mart.rows >= most_rows]
        with _workbook(unfinished) as book:
            formats = _Formats(book)
            about(con, book.add_worksheet(ABOUT), formats.plain, run_id, [mart.sheet for mart in fitting], left_out)
            _dictionary(book.add_worksheet(DICTIONARY), formats, fitting)
            for place, mart in enumerate(fitting, start=1):
                log.debug(f"xlsx: {mart.name}", extra={"progress": (place, len(fitting))})
                grain = load_grains(settings.dbt_project).get(f"marts.{mart.name}")
                order = ", ".join(grain.columns) if grain else "all"
                rows = con.execute(f"from {named_rows(mart.table, mart.own_columns)} order by {order}")
                frozen = _leading(mart, grain.columns if grain else ())
                _sheet(book.add_worksheet(mart.name), formats, mart, _batches(rows), frozen)
    unfinished.replace(path)
    return Workbook(path, [mart.sheet for mart in fitting], left_out)


@contextmanager
def _workbook(path: Path) -> Iterator[xlsxwriter.Workbook]:
    """A workbook that keeps one row in memory; without a file if what is written into it fails."""
    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd", "nan_inf_to_errors": True}
    try:
        with xlsxwriter.Workbook(str(path), options) as book:
            yield book
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, FileCreateError):  # it hides what the machine said, such as that the disk is full
            _forget_archive(error)
            raise error.args[0] from error
        raise


def _forget_archive(error: BaseException | None) -> None:
    """Let go of the archive that could not be written. It tries once more then, and what it says of that is no news."""
    before = sys.unraisablehook
    sys.unraisablehook = lambda of_the_archive: None
    try:
        while error is not None:
            traceback.clear_frames(error.__traceback__)
            error = error.__context__
    finally:
        sys.unraisablehook = before


class _Formats:
    """The formats of a workbook, one for each number format."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        heading = {"bold": True, "font_size": 12, "font_color": _INK, "bottom": 1}
        indented = {"align": "left", "indent": 1}
        self.plain = {
            "title": book.add_format({"bold": True, "font_size": 18, "font_color": _INK}),
            "heading": book.add_format(heading),
            "text heading": book.add_format({**heading, **indented}),
            "name": book.add_format({"valign": "top"}),
            "text": book.add_format({"text_wrap": True, "valign": "top", **indented}),
            "link": book.add_format({"font_color": "#1a5fb4", "underline": 1, "valign": "top"}),
            "count": book.add_format({"num_format": "#,##0", "valign": "top"}),
        }
        self.truth = book.add_format({"align": "center"})
        self.header = book.add_format({"bold": True, "bg_color": _PAPER, "font_color": _INK, "bottom": 1})
        self._numbers: dict[str, Format] = {}

    def of(self, column: Described) -> Format | None:
        """Format of a column's cells, by its unit, else by its type; None for text."""
        if column.data_type == "BOOLEAN":
            return self.truth
        code = _BY_UNIT.get(column.unit or "") if column.is_number else None
        code = code or _BY_TYPE.get(column.data_type) or ("General_)" if column.is_number else None)
        if code is None:
            return None
        if code not in self._numbers:
            alignment = {} if column.is_number else {"align": "left"}
            self._numbers[code] = self.book.add_format({"num_format": code, **alignment})
        return self._numbers[code]


def _batches(rows: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[Any, ...]]]:
    while batch := rows.fetchmany(_ROWS_AT_ONCE):
        yield batch


def _leading(mart: Mart, grain: Sequence[str]) -> int:
    """Number of first columns that say what a row is about, and so stay in sight; 3 at most."""
    names = [column.name for column in mart.columns[:_MOST_FROZEN]]
    return sum(1 for _ in takewhile(lambda name: name in grain or name not in mart.own_columns, names))


def _sheet(
    sheet: Worksheet, formats: _Formats, mart: Mart, batches: Iterator[list[tuple[Any, ...]]], frozen: int
) -> None:
    """One mart: header with notes, then its rows; widths by the header and the first rows."""
    first = next(batches, [])
    for place, column in enumerate(mart.columns):
        widest = max((len(_shown(row[place])) for row in first[:200]), default=0)
        sheet.set_column(place, place, min(max(len(column.name) + 3, widest + 1, _NARROWEST), _WIDEST))
        sheet.write_string(0, place, column.name, formats.header)
        sheet.write_comment(0, place, column.note, {"x_scale": 2.5, "author": "Entrepôt"})
    cell_formats = [formats.of(column) for column in mart.columns]
    number = 0
    for number, row in enumerate(chain(first, chain.from_iterable(batches)), start=1):
        for place, value in enumerate(row):
            if value is not None:
                _write(sheet, number, place, value, cell_formats[place])
    sheet.freeze_panes(1, frozen)
    sheet.autofilter(0, 0, number, len(mart.columns) - 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)


def _write(sheet: Worksheet, row: int, place: int, value: Any, cell_format: Format | None) -> None:
    """One value; text as text whatever it begins with, so that none is taken for a formula."""
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value, cell_format)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, place, float(value), cell_format)
    elif isinstance(value, str):
        if len(value) > _LONGEST_TEXT:
            raise EntrepotError(
                f"A text of {len(value)} characters in row {row} of marts.{sheet.get_name()} is longer than a cell of "
                "Excel holds; read that mart from the Parquet export."
            )
        sheet.write_string(row, place, value)
    else:
        sheet.write_datetime(row, place, value, cell_format)


def _shown(value: Any) -> str:
    """About what a cell shows of a value, to measure its width."""
    is_fraction = isinstance(value, float | Decimal)
    return f"{float(value):,.1f}" if is_fraction and abs(float(value)) < 1e9 else str(value)[:_READABLE]


def _dictionary(sheet: Worksheet, formats: _Formats, marts: list[Mart]) -> None:
    """Every column of every sheet: its type, unit and meaning."""
    headers = (("sheet", 25), ("column", 34), ("type", 16), ("unit", 23), ("description", 80))
    for place, (name, width) in enumerate(headers):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, name, formats.header)
    lines = [
        (mart.name, c.name, c.data_type.lower(), c.unit or "", c.description) for mart in marts for c in mart.columns
    ]
    for row, line in enumerate(lines, start=1):
        *words, description = line
        for place, text in enumerate(words):
            sheet.write_string(row, place, text, formats.plain["name"])
        sheet.write_string(row, len(words), description, formats.plain["text"])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(lines), len(headers) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
