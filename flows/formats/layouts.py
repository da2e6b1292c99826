"""Tables whose contract names a layout: their records in the order of the contract, and what of them is not read."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from flows.contracts import Table
from flows.errors import ColumnsMissing, FileRefused
from flows.formats import Record, workbook
from flows.formats.dropped import Dropped
from flows.formats.matrix import ON_SHEETS, Grid, Layout, grids
from flows.formats.printed_rows import records
from flows.formats.sheets import Sheet, opened


def header(dropped: Dropped, table: Table) -> list[str]:
    """The names a contract may use of a file; none where it has not the layout."""
    try:
        found, layout = _opened(dropped, table)
    except FileRefused:
        return []
    first = found[0][1]
    return [*first.names, *layout.headers, *(["values"] if layout.across else [])]


def read(dropped: Dropped, table: Table) -> Iterator[Record]:
    """Number of every record, sheet by sheet and row by row, and its values in the order of the contract.

    Raises FileRefused where the file has not the layout, lacks a column, or no sheet says the period it should.
    """
    try:
        found, layout = _opened(dropped, table)
        _require_period(found, layout)
    except FileRefused as error:
        raise FileRefused(f"{dropped.name} cannot be read: {error}.") from error
    known = {name.casefold() for name in header(dropped, table)}
    if missing := [column.header for column in table.columns if not known & set(column.headers)]:
        raise ColumnsMissing(dropped.name, missing, f"{table.source}.{table.name}")
    number = 0
    for grid, sheet in found:
        for _, record in records(grid, sheet, layout):
            number += 1
            folded = {name.casefold(): value for name, value in record.items()}
            yield number, [next((folded[n] for n in column.headers if n in folded), None) for column in table.columns]


def _require_period(found: list[tuple[Grid, Sheet]], layout: Layout) -> None:
    """Raises FileRefused where the sheets have to say the period and none does."""
    for name in sorted({"years", "periods"} & set(layout.on_sheets)):
        if all(sheet.said[f"{name} {ON_SHEETS}"] is None for _, sheet in found):
            what, example = ("year", "Year: 2021") if name == "years" else ("month or quarter", "Period: March 2021")
            raise FileRefused(
                f"no line above its header says one {what}, as the layout `{layout}` asks; write a first line such as "
                f"'{example}'"
            )


def place_of(dropped: Dropped, table: Table, number: int) -> tuple[str, int] | None:
    """The sheet and the row of the record of a number, as `read` counts them; none where there is no such record.

    Several records stand in one row, so that their numbers are not those of rows. Of a text file the sheet is empty.
    """
    try:
        found, layout = _opened(dropped, table)
    except FileRefused:
        return None
    rows = ((grid, row) for grid, sheet in found for row, _ in records(grid, sheet, layout))
    place = next(itertools.islice(rows, number - 1, None), None) if number > 0 else None
    return None if place is None else (place[0].name, place[0].line_of(place[1]))


def titles(dropped: Dropped, table: Table) -> list[str]:
    """The names of the sheets that are read, the lines above their headers, and what else says a unit of their figures.

    Raises FileRefused where the file has not the layout.
    """
    return [title for _, sheet in _opened(dropped, table)[0] for title in sheet.titles if title]


def unread(dropped: Dropped, table: Table) -> str:
    """A sentence on the columns of figures and the sheets that are not read; empty where all are."""
    found, _ = _opened(dropped, table)
    columns = list(dict.fromkeys(label for _, sheet in found for label in sheet.unread))
    read_sheets = {grid.name for grid, _ in found}
    sheets = [grid.name for grid in _grids(dropped, table) if grid.name not in read_sheets]
    sheets += workbook.hidden_sheets(dropped) if table.format == "xlsx" and table.sheet is None else []
    parts = [
        f"{what} {', '.join(map(repr, names[:8]))}{' ...' if len(names) > 8 else ''}"
        for what, names in (("the columns", columns), ("the sheets", sheets))
        if names
    ]
    return (
        f"{dropped.name}: {' and '.join(parts)} are not in the layout `{table.layout}` and are not read."
        if parts
        else ""
    )


def _opened(dropped: Dropped, table: Table) -> tuple[list[tuple[Grid, Sheet]], Layout]:
    layout = Layout.of(table.layout or "")
    return opened(_grids(dropped, table), layout), layout


def _grids(dropped: Dropped, table: Table) -> Iterator[Grid]:
    return grids(dropped, table.format, table.separator or ",", table.encoding, table.sheet)
