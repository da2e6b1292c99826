"""The unit that the lines above a header say, so that a later file in another one is not read as the first.

Where the header or a column says the unit, a later file in another one has another header, or a text that is not
accepted. A line above the header is no part of the contract's columns, so the contract keeps what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flows.contracts import Table
from flows.errors import FileRefused
from flows.formats import layouts, workbook
from flows.formats.dropped import Dropped
from flows.formats.text_table import rows_above
from flows.inbox.own.units import currency_in, is_in_doubt, is_measured, multiplier_in


def units_said(texts: Iterable[str]) -> tuple[str, ...]:
    """The currencies and multipliers texts name, each once: `1000`, `USD`. Those of a weight are no unit of money."""
    said: set[str] = set()
    for text in texts:
        if is_measured(text):
            continue
        if currency := currency_in(text):
            said.add(currency)
        if multiplier := multiplier_in(text):
            said.add(str(multiplier))
        elif is_in_doubt(text):
            said.add("mil")
    return tuple(sorted(said))


def require_units(dropped: Dropped, table: Table) -> None:
    """Raises FileRefused where the lines above the header say another unit than those of the file the contract was
    drafted from.
    """
    if table.units_above is None:
        return
    texts = _texts_above(dropped, table)
    said = units_said(texts)
    if set(said) == set(table.units_above):
        return
    example = next((text for text in texts if not set(units_said([text])) <= set(table.units_above)), "")
    what = f"{example[:80]!r} says" if example else "the lines above the header say"
    known = " ".join(table.units_above) or "no unit"
    raise FileRefused(
        f"{dropped.name}: {what} {' '.join(said) or 'no unit'}, and the contract of {table.source} was drafted from "
        f"lines that say {known}. Draft a contract of its own for this file, or correct the line or `units_above`."
    )


def _texts_above(dropped: Dropped, table: Table) -> list[str]:
    """What the lines above the header say, of all sheets that are read."""
    rows: Iterable[Sequence[str | None]]
    if table.layout:
        return layouts.titles(dropped, table)
    if table.format == "xlsx":
        sheets: list[str | None] = [table.sheet]
        if table.sheet == workbook.EVERY_SHEET:
            sheets = list(workbook.sheets_alike(dropped, table.header_row))
        rows = [cells for sheet in sheets for n, cells in workbook.rows_until(dropped, sheet, table.header_row - 1)]
    else:
        rows = rows_above(dropped.start(), table.separator or ",", table.encoding, table.header_row)
    return [cell.strip() for cells in rows for cell in cells if cell and cell.strip()]
