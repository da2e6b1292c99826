"""The cells of a sheet of a workbook as text, with the digits a person sees; all that needs openpyxl.

Numbers come without exponent and with the zeros their format puts in front (an HS code typed 10121 and shown as
010121), dates as ISO dates, truth values as true and false. A formula counts by the result saved with it.
"""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from flows.errors import FileRefused
from flows.formats.figures import CellNumber
from flows.formats.merged_cells import MergedDown

MOST_ROWS, _MOST_COLUMNS, _LONGEST_TEXT = 1 << 20, 1 << 14, 32_767  # what Excel itself takes
_ZEROS = re.compile(r"0{2,}")
_NO_DIGITS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')  # texts, colours and blanks of a format of numbers
_SCALED = re.compile(r"[0#?],+(?![0#?,])")  # a comma behind the last place leaves out thousands: #,##0,
_MOST_ZEROS = 30
_MOST_BLANKS, _MOST_BLANKS_A_CELL = 5_000_000, 20  # a row is as long as its last cell: one in XFD makes 16,383 blanks


def load(content: bytes) -> Any:
    """The workbook whose bytes these are, to be read sheet by sheet; what openpyxl raises where it is none."""
    return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)


def parsed(book: Any, worksheet: Any, name: str, needs_results: bool) -> Iterator[tuple[int, list[str | None]]]:
    """Number and cells of the rows that stand in a sheet of `book`, which is called `name`.

    Raises FileRefused for what Excel does not write, and with `needs_results` for cells that do not show their value.
    """
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


def text_of(value: Any, number_format: str = "General") -> str | None:
    """A cell's value as text; that of a number is told apart from one somebody typed as text (see CellNumber)."""
    if value is None or isinstance(value, bool):
        return None if value is None else str(value).lower()
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)  # a number beyond all numbers is one nobody can read
    if isinstance(value, int | float):
        digits = format(Decimal(repr(value)), "f")
        whole = digits.removesuffix(".0")
        zeros = min(len(number_format), _MOST_ZEROS) if _ZEROS.fullmatch(number_format) else 0
        return CellNumber(whole.zfill(zeros))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)


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
        if cell["column"] > _MOST_COLUMNS or cell["row"] > MOST_ROWS:
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
