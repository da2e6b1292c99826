"""The records of a printed sheet: one for every figure, with the dimensions of its column, its row and its sheet."""

from __future__ import annotations

from collections.abc import Iterator

from flows.formats.figures import is_word
from flows.formats.matrix import READERS, VALUES, Cells, Grid, Layout, cell_at
from flows.formats.sheets import Sheet, is_header_again, places_at, said_on


def records(grid: Grid, sheet: Sheet, layout: Layout) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Every figure of a sheet with its dimensions, or every row where none stands across, each after the number of its
    row.

    A header that comes again, of a table further down, counts from there on.
    """
    rows, places = dict(grid.rows), sheet.places
    first = min(places, default=len(sheet.names))
    section = said_on(layout.above, sheet.titles) if layout.above == "flows" else None
    header_ends = sheet.header_row
    for number, cells in grid.rows:
        if number <= header_ends or not any(cells):
            continue
        if is_header_again(rows, number, sheet, layout):
            places, header_ends = places_at(rows, number, layout)[0], number + len(layout.across) - 1
            continue
        figures = {at: value for at in places if (value := cell_at(cells, at)) is not None}
        if layout.above is not None and (found := _section(cells, layout.above, first, bool(figures))) is not None:
            section = found
            if not figures:
                continue
        downs = {name: cell_at(cells, at) for at, name in enumerate(sheet.names)}
        if not any(downs.values()):
            continue
        for at, name in sheet.downs.items():
            said = cell_at(cells, at)
            downs[f"{name} down"] = (READERS[name](said) or said) if said else None
        more = {f"{layout.above} above": section} if layout.above else {}
        if not layout.across:
            yield number, {**downs, **more, **sheet.said}
        for at, value in figures.items():
            yield number, {**downs, **places[at], **more, **sheet.said, VALUES: None if is_word(value) else value}


def _section(cells: Cells, name: str, first: int, has_figures: bool) -> str | None:
    """What a row between the others says: an area stands alone in it, a year or a flow may have totals beside it."""
    texts = [text for at in range(first) if (text := cell_at(cells, at))]
    if len(texts) != 1 or (has_figures and name in ("partners", "reporters")):
        return None
    return said_on(name, texts) if name == "flows" else READERS[name](texts[0])
