"""Excel workbooks (.xlsx): the cells of one sheet as text, with the digits a person sees.

Numbers come without exponent and with the zeros their format puts in front (an HS code typed 10121 and shown as
010121), dates as ISO dates, truth values as true and false. A formula counts by the result saved with it.
"""

from __future__ import annotations

import contextlib
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from flows.contracts import Table
from flows.errors import FileRefused
from flows.formats import Record
from flows.formats.dropped import Dropped
from flows.formats.text_table import place_of

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what files of old Office, and encrypted new ones, begin with
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZEROS = re.compile(r"0{2,}")
# A formula that was written by a program and never computed: it has no value beside it.
_UNCOMPUTED = re.compile(
    rb'<c r="([A-Z]+\d+)"(?![^>]*\bt="str")[^>]*>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)


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


def rows(dropped: Dropped, sheet: str | None = None) -> Iterator[tuple[int, list[str | None]]]:
    """Number and cells of every row of the named sheet, or of the first one; empty rows too."""
    yield from _rows(dropped, sheet, first=1)


def problem(start: bytes, dropped: Dropped) -> str | None:
    """Why a file that looks like one of Office's cannot be read; none where nothing is against it."""
    if not start.startswith(OLE):
        return None
    with dropped.open() as stream:
        is_encrypted = _ENCRYPTED in stream.read()
    if is_encrypted:
        return f"{dropped.name} is protected by a password; save it without one."
    return f"{dropped.name} is in the old Excel format; save it as .xlsx or .csv."


def text_of(value: Any, number_format: str = "General") -> str | None:
    """A cell's value as text."""
    if value is None or isinstance(value, bool):
        return None if value is None else str(value).lower()
    if isinstance(value, int | float):
        digits = format(Decimal(repr(value)), "f")
        whole = digits.removesuffix(".0")
        return whole.zfill(len(number_format)) if _ZEROS.fullmatch(number_format) else whole
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)


@contextlib.contextmanager
def _open(dropped: Dropped) -> Iterator[tuple[Any, io.BytesIO]]:
    with dropped.open() as stream:
        content = stream.read()
    if said := problem(content[:8], dropped):
        raise FileRefused(said)
    buffer = io.BytesIO(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of features that do not touch the values, such as drop-down lists
            book = openpyxl.load_workbook(buffer, read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise FileRefused(f"{dropped.name} cannot be read as an Excel workbook ({error}); save it anew.") from error
    try:
        yield book, buffer
    finally:
        book.close()


def _rows(
    dropped: Dropped, sheet: str | None, first: int, needs_results: bool = True
) -> Iterator[tuple[int, list[str | None]]]:
    with _open(dropped) as (book, buffer):
        names = [worksheet.title for worksheet in book.worksheets]
        if sheet is not None and sheet not in names:
            raise SheetMissing(f"{dropped.name} has no sheet {sheet!r}; it has {', '.join(map(repr, names))}.")
        if not names:
            raise FileRefused(f"{dropped.name} has no sheet with cells.")
        worksheet = book[sheet or names[0]]
        if needs_results:
            _require_results(buffer, worksheet, dropped.name)
        worksheet.reset_dimensions()  # some programs write wrong ones
        for number, cells in enumerate(worksheet.iter_rows(), start=1):
            if number >= first:
                yield (
                    number,
                    [text_of(cell.value, cell.number_format) if cell.value is not None else None for cell in cells],
                )


def _require_results(buffer: io.BytesIO, worksheet: Any, name: str) -> None:
    """Raise FileRefused where a formula has no result: its cell would be taken for an empty one."""
    with zipfile.ZipFile(buffer) as archive, archive.open(worksheet._worksheet_path) as stream:
        before = b""
        while chunk := stream.read(1 << 20):
            if found := _UNCOMPUTED.search(before + chunk):
                what = f"the cell {found[1].decode()} holds a formula whose result was never saved"
                raise FileRefused(f"{name}: {what}; open the file in a spreadsheet program and save it.")
            before = chunk[-4096:]
