"""Excel workbooks (.xlsx): their sheets and headers, and the records of a table; worksheet.py reads what cells hold."""

from __future__ import annotations

import contextlib
import io
import itertools
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows.contracts import Table
from flows.errors import FileRefused, refusing
from flows.formats import Record
from flows.formats.bounds import Measure, bounded
from flows.formats.dropped import Dropped
from flows.formats.text_table import place_of
from flows.formats.zip_archive import is_whole
from flows.machine import CHUNK_BYTES

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what files of old Office, and encrypted new ones, begin with
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
EVERY_SHEET = "*"  # of a contract: all sheets with the header of the first; no sheet can be called so


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


@contextlib.contextmanager
def _open(dropped: Dropped) -> Iterator[Any]:
    """The workbook. Raises FileRefused when it cannot be read or is too large."""
    from flows.formats.worksheet import load  # here: openpyxl and numpy take a fifth of a command's start

    with dropped.open() as stream:
        content = bounded(stream, dropped.name, "largest_workbook_mb").read()
    if said := problem(content[:8], dropped):
        raise FileRefused(said)
    with refusing(f"{dropped.name} cannot be read as an Excel workbook; save it anew"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of features that do not touch the values, such as drop-down lists
        _require_small_and_whole(content, dropped.name)
        book = load(content)
    try:
        yield book
    finally:
        book.close()


def _require_small_and_whole(content: bytes, name: str) -> None:
    """Refuse a workbook whose parts unpack to more than the settings allow, for openpyxl keeps its texts in memory, and
    one cut off behind another workbook it holds, which would be read in its place.
    """
    measure = Measure(name, "largest_workbook_mb", len(content))
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream) as archive:
        if not is_whole(stream, archive):
            raise FileRefused(f"{name} is a workbook that is cut off or damaged; get the file again.")
        for part in archive.filelist:
            measure.add(part.file_size)


def _rows(
    dropped: Dropped, sheet: str | None, first: int, needs_results: bool = True
) -> Iterator[tuple[int, list[str | None]]]:
    """Number and cells of every row from `first` on, up to the last cell that is not empty; empty rows too."""
    from flows.formats.worksheet import MOST_ROWS, parsed  # here, as in _open

    with _open(dropped) as book:
        worksheet = _sheet(book, sheet, dropped.name)
        expected = 1
        with refusing(f"{dropped.name} cannot be read as an Excel workbook; save it anew"):
            for number, cells in parsed(book, worksheet, dropped.name, needs_results):
                if number < expected or number > MOST_ROWS:
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
