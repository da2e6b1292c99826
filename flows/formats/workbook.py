"""Excel workbooks (.xlsx): the cells of one sheet as text, with the digits a person sees.

Numbers come without exponent and with the zeros their format puts in front (an HS code typed 10121 and shown as
010121), dates as ISO dates, truth values as true and false. A formula counts by the result saved with it.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import math
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from flows.contracts import Table
from flows.errors import FileRefused, refusing
from flows.formats import Record
from flows.formats.bounds import Measure, bounded
from flows.formats.dropped import Dropped
from flows.formats.merged_cells import MergedDown
from flows.formats.text_table import place_of
from flows.machine import CHUNK_BYTES

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what files of old Office, and encrypted new ones, begin with
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZEROS = re.compile(r"0{2,}")
_NO_DIGITS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')  # texts, colours and blanks of a format of numbers
_SCALED = re.compile(r"[0#?],+(?![0#?,])")  # a comma behind the last place leaves out thousands: #,##0,
_MOST_ZEROS = 30
EVERY_SHEET = "*"  # of a contract: all sheets with the header of the first; no sheet can be called so
_MOST_ROWS, _MOST_COLUMNS, _LONGEST_TEXT = 1 << 20, 1 << 14, 32_767  # what Excel itself takes
_MOST_BLANKS, _MOST_BLANKS_A_CELL = 5_000_000, 20  # a row is as long as its last cell: one in XFD makes 16,383 blanks


class SheetMissing(FileRefused):
    """The workbook has no sheet of the name its contract says."""


def header(dropped: Dropped, sheet: str | None, row: int) -> list[str]:
    """Column names in one row of a sheet. Raises FileRefused when the workbook or the sheet cannot be read."""
    for _, cells in _rows(dropped, sheet, first=row, needs_results=False):
        while cells and cells[-1] is None:
            cells.pop()
        return [(cell or "").strip() for cell in cells]
    return []


def read(path: Path, table: Table) -> Iterator[Record]:
    """Row number and the contract's columns of every row below the header that is not empty.

    Raises FileRefused when the workbook cannot be read, lacks a column, or holds a formula without its result.
    """
    dropped = Dropped(path=path)
    if table.sheet == EVERY_SHEET:
        rows = _rows_of_every_sheet(dropped, table.header_row)
    else:
        rows = _rows(dropped, table.sheet, first=table.header_row)
    _, names = next(rows, (0, []))
    if not any(names):
        what = f"row {table.header_row} of the sheet" + (f" {table.sheet!r}" if table.sheet else "")
        raise FileRefused(f"{path.name}: {what} is empty, so it has no header.")
    places = place_of([(name or "").strip() for name in names], table, path.name)
    for number, cells in rows:
        values = [cells[at] if at < len(cells) else None for at in places.values()]
        if any(cells):
            yield number, values


def sheets_alike(dropped: Dropped, row: int) -> list[str]:
    """The names of the first sheet and of those that have its header in the same row."""
    names = sheet_names(dropped)
    first = header(dropped, names[0], row) if names else []
    return [name for name in names if header(dropped, name, row) == first]


def _rows_of_every_sheet(dropped: Dropped, first: int) -> Iterator[tuple[int, list[str | None]]]:
    """The header, and number and cells of the rows below it in every sheet alike; numbers go on from sheet to sheet."""
    before = 0
    for position, name in enumerate(sheets_alike(dropped, first)):
        number = 0
        for number, cells in _rows(dropped, name, first=first):
            if position == 0 or number > first:
                yield before + number, cells
        before += number


def rows(dropped: Dropped, sheet: str | None = None) -> Iterator[tuple[int, list[str | None]]]:
    """Number and cells of every row of the named sheet, or of the first one that is not hidden; empty rows too."""
    yield from _rows(dropped, sheet, first=1)


def rows_until(dropped: Dropped, sheet: str | None, last: int) -> Iterator[tuple[int, list[str | None]]]:
    """The same up to the row `last`."""
    yield from itertools.takewhile(lambda row: row[0] <= last, _rows(dropped, sheet, first=1))


def sheet_names(dropped: Dropped) -> list[str]:
    """The names of the sheets that hold cells, in their order; not the hidden ones, which nobody sees."""
    with _open(dropped) as book:
        return _shown_names(book)


def hidden_sheets(dropped: Dropped) -> list[str]:
    """The names of the sheets that are hidden; they are read where a contract names them."""
    with _open(dropped) as book:
        shown = _shown_names(book)
        return [worksheet.title for worksheet in book.worksheets if worksheet.title not in shown]


def _shown_names(book: Any) -> list[str]:
    shown = [worksheet.title for worksheet in book.worksheets if worksheet.sheet_state == "visible"]
    return shown or [worksheet.title for worksheet in book.worksheets]


def problem(start: bytes, dropped: Dropped) -> str | None:
    """Why a file that looks like one of Office's cannot be read; none where nothing is against it."""
    if not start.startswith(OLE):
        return None
    if _ENCRYPTED in start or _is_encrypted(dropped):
        return f"{dropped.name} is protected by a password; save it without one."
    return f"{dropped.name} is in the old Excel format; save it as .xlsx or .csv."


def _is_encrypted(dropped: Dropped) -> bool:
    """Whether the directory of a file of old Office, wherever it stands, names an encrypted package."""
    before = b""
    with dropped.open() as stream:
        measured = bounded(stream, dropped.name, "largest_workbook_mb")
        while chunk := measured.read(CHUNK_BYTES):
            if _ENCRYPTED in before + chunk:
                return True
            before = chunk[-len(_ENCRYPTED) :]
    return False


def text_of(value: Any, number_format: str = "General") -> str | None:
    """A cell's value as text."""
    if value is None or isinstance(value, bool):
        return None if value is None else str(value).lower()
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)  # a number beyond all numbers is one nobody can read
    if isinstance(value, int | float):
        digits = format(Decimal(repr(value)), "f")
        whole = digits.removesuffix(".0")
        return whole.zfill(min(len(number_format), _MOST_ZEROS)) if _ZEROS.fullmatch(number_format) else whole
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)


@contextlib.contextmanager
def _open(dropped: Dropped) -> Iterator[Any]:
    """The workbook. Raises FileRefused when it cannot be read or is too large."""
    with dropped.open() as stream:
        content = bounded(stream, dropped.name, "largest_workbook_mb").read()
    if said := problem(content[:8], dropped):
        raise FileRefused(said)
    with refusing(f"{dropped.name} cannot be read as an Excel workbook; save it anew"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of features that do not touch the values, such as drop-down lists
        _require_small(content, dropped.name)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        yield book
    finally:
        book.close()


def _require_small(content: bytes, name: str) -> None:
    """Refuse a workbook whose parts unpack to more than the settings allow; openpyxl keeps its texts in memory."""
    measure = Measure(name, "largest_workbook_mb", len(content))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in archive.filelist:
            measure.add(part.file_size)


def _rows(
    dropped: Dropped, sheet: str | None, first: int, needs_results: bool = True
) -> Iterator[tuple[int, list[str | None]]]:
    """Number and cells of every row from `first` on, up to the last cell that is not empty; empty rows too."""
    with _open(dropped) as book:
        worksheet = _sheet(book, sheet, dropped.name)
        expected = 1
        with refusing(f"{dropped.name} cannot be read as an Excel workbook; save it anew"):
            for number, cells in _parsed(book, worksheet, dropped.name, needs_results):
                if number < expected or number > _MOST_ROWS:
                    what = f"row {number} comes after row {expected - 1}" if number < expected else f"a row {number}"
                    raise FileRefused(f"{dropped.name} cannot be a workbook of Excel's: {what}; save it anew.")
                yield from ((missing, []) for missing in range(max(first, expected), number))
                if number >= first:
                    yield number, cells
                expected = number + 1


def _sheet(book: Any, sheet: str | None, name: str) -> Any:
    names = [worksheet.title for worksheet in book.worksheets]
    sheet = None if sheet == EVERY_SHEET else sheet
    if sheet is not None and sheet not in names:
        raise SheetMissing(f"{name} has no sheet {sheet!r}; it has {', '.join(map(repr, names))}.")
    if not names:
        raise FileRefused(f"{name} has no sheet with cells.")
    return book[sheet or _shown_names(book)[0]]


class _Parser(WorkSheetParser):  # type: ignore[misc]
    """openpyxl's parser of a sheet, without the rows it would fill a gap of two thousand million with."""

    def __init__(self, source: Any, worksheet: Any, book: Any, name: str, needs_results: bool) -> None:
        super().__init__(
            source,
            worksheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        self._name, self._needs_results = name, needs_results

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """A cell. Raises FileRefused for a formula that was never computed: it would be taken for an empty cell."""
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["column"] > _MOST_COLUMNS or cell["row"] > _MOST_ROWS:
            raise FileRefused(f"{self._name} cannot be a workbook of Excel's: it has a cell {element.get('r')!r:.30}.")
        is_empty = cell["value"] is None and element.get("t") != "str"
        if self._needs_results and is_empty and element.find(FORMULA_TAG) is not None:
            what = f"the cell {element.get('r')} holds a formula whose result was never saved"
            raise FileRefused(f"{self._name}: {what}; open the file in a spreadsheet program and save it.")
        if isinstance(cell["value"], str) and len(cell["value"]) > _LONGEST_TEXT:
            what = f"the cell {element.get('r')} holds a text of {len(cell['value']):,} characters"
            raise FileRefused(f"{self._name}: {what}, more than Excel takes ({_LONGEST_TEXT:,}); shorten it.")
        return cell


def _is_scaled(value: Any, number_format: str) -> bool:
    """Whether a cell shows fewer digits before the point than its number has."""
    if number_format == "General" or not isinstance(value, int | float) or isinstance(value, bool) or value == 0:
        return False
    return _SCALED.search(_NO_DIGITS.sub("", number_format.partition(";")[0])) is not None


def _refuse_scaled(name: str, number: int, value: float, number_format: str) -> None:
    """Raises FileRefused for a number that reads as thousands or millions of what it is."""
    what = f"row {number} holds {text_of(value)} and shows it in thousands or millions (format {number_format!r:.40})"
    raise FileRefused(
        f"{name}: {what}, so it is not certain which a heading means; give such cells the format General, make the "
        "heading fit, and save it."
    )


def _parsed(book: Any, worksheet: Any, name: str, needs_results: bool) -> Iterator[tuple[int, list[str | None]]]:
    """Number and cells of the rows that stand in a sheet."""
    with worksheet._get_source() as source:
        merged = MergedDown(source)
    with worksheet._get_source() as source, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        n_cells = n_blanks = 0
        for number, row in _Parser(source, worksheet, book, name, needs_results).parse():
            found = {cell["column"]: cell for cell in row if cell["value"] is not None}
            if len(found) < sum(cell["value"] is not None for cell in row):
                raise FileRefused(f"{name}: row {number} has two cells in one place; save it anew.")
            cells: list[str | None] = [None] * max(found, default=0)
            for column, cell in found.items():
                number_format = ReadOnlyCell(worksheet, **cell).number_format
                if needs_results and _is_scaled(cell["value"], number_format):
                    _refuse_scaled(name, number, cell["value"], number_format)
                cells[column - 1] = text_of(cell["value"], number_format)
            cells = merged.filled(number, cells)
            n_cells, n_blanks = n_cells + len(found), n_blanks + len(cells) - len(found)
            if n_blanks > max(_MOST_BLANKS, _MOST_BLANKS_A_CELL * n_cells):
                what = (
                    f"up to row {number} it has {n_blanks:,} cells that are empty or merged, beside {n_cells:,} others"
                )
                raise FileRefused(f"{name}: {what}; delete the columns far to the right, and save it again.")
            yield number, cells
