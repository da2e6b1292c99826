"""Which layout a table has that is no list of records: dimensions in header rows, between its rows, on its sheets."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from flows.errors import FileRefused
from flows.formats.matrix import HEAD_ROWS, ON_SHEETS, READERS, Cells, Grid, Layout, cell_at
from flows.formats.period_words import month_of, period_of, year_of
from flows.formats.sheets import (
    Sheet,
    column_of,
    has_column_of,
    labelled,
    lines_above,
    opened,
    said_on,
    says,
    says_both,
)
from flows.formats.words import flow_word
from flows.inbox.own.periods import PERIOD_NAME, guess_layouts

# Of a row: the dimension two or more of its cells say. A month of a year is no year, and a month alone no period.
_ACROSS: tuple[tuple[str, int], ...] = (("periods", 2), ("years", 2), ("months", 3), ("flows", 2))
_FEW = 4  # areas in a header


def detect(found: Sequence[Grid], is_area: Callable[[str], bool]) -> Layout | None:
    """The layout of the first sheet that has one; none where the table is a list with a row for every figure."""
    for grid in found:
        layout = _of(grid, is_area)
        if layout is not None:
            whole = _with_sheets(found, layout, is_area)
            is_list = layout.across == ("flows",) and not layout.above and not layout.down
            return None if is_list and not whole.on_sheets else whole  # a column for each flow is read as it stands
    return _without_period(found, is_area)


def _without_period(found: Sequence[Grid], is_area: Callable[[str], bool]) -> Layout | None:
    """The layout of a list no column of which says the period, where the sheets or the lines above say it."""
    try:
        grid, sheet = opened(found, Layout())[0]
    except FileRefused:
        return None
    below = [cells for number, cells in grid.rows if number > sheet.header_row]
    columns = [[text for cells in below if (text := cell_at(cells, at))] for at in range(len(sheet.names))]
    if any(map(PERIOD_NAME.search, sheet.names)) or any(map(guess_layouts, columns)) or _has_period([], below):
        return None
    has_flow = any(map(flow_word, sheet.names)) or column_of("flows", below, len(sheet.names)) is not None
    whole = _with_sheets(found, Layout(), is_area, {"flows"} if has_flow else set())
    return whole if {"years", "periods"} & set(whole.on_sheets) else None


def _of(grid: Grid, is_area: Callable[[str], bool]) -> Layout | None:
    rows = dict(grid.rows)
    for number, cells in grid.rows[:HEAD_ROWS]:
        if both := next((times for times in ("periods", "years") if says_both(cells, (times, "flows"))), None):
            return Layout((both, "flows"))
        name = _said_in(cells, is_area)
        if name is None or _is_named_above(grid.rows, number, cells):
            continue
        below = _said_in(rows.get(number + 1, []), is_area)
        across = (name, below) if below is not None and below != name else (name,)
        rest = [row for n, row in grid.rows if n >= number + len(across) and any(row)]
        above, down = _between(rest), _down(rest, across, rows[number + len(across) - 1])
        if above is None and "flows" not in across and _has_tables_of_flows(grid.rows):
            above = "flows"
        if across == ("flows",) and above is None and not down and _has_period(cells, rest):
            return None
        return Layout(across, above, down)
    return None


def _said_in(cells: Cells, is_area: Callable[[str], bool]) -> str | None:
    texts = [text for cell in cells if (text := (cell or "").strip())]
    for name, least in _ACROSS:
        hits = [text for text in texts if READERS[name](text) is not None and not (name == "months" and text.isdigit())]
        labels = len(texts) - len(hits)
        is_enough = len(hits) >= least and len(set(hits)) >= 2
        if (
            (is_enough or (name == "years" and says(name, hits)))
            and (name != "flows" or labels <= 4)
            and _no_figures(texts, name)
        ):
            return name
    areas = [text for text in texts if is_area(text)]
    return "partners" if len(areas) >= _FEW and len(areas) >= 0.6 * (len(texts) - 1) else None


def _is_named_above(rows: Sequence[tuple[int, Cells]], number: int, cells: Cells) -> bool:
    """Whether a row above names the columns of this one, which then holds records: 2021 can be a figure.

    Such a row has a word of its own for each column. The first of them may be empty, above or here, where a column
    holds years all the way down.
    """
    filled = [at for at in range(len(cells)) if cell_at(cells, at)]
    for above in (above for at_row, above in rows if at_row < number):
        named = [at for at in filled if cell_at(above, at)]
        words = [text for at in range(len(above)) if (text := cell_at(above, at))]
        is_header = len(words) >= 2 and len(set(words)) == len(words) and not any(map(_is_number, words))
        is_merged = any(cell_at(above, at) == cell_at(cells, at) for at in named)
        if not is_header or is_merged or len(named) < 2 or len(words) > len(filled) + 1:
            continue
        begins = next(at for at in range(len(above)) if cell_at(above, at))
        if named == filled and begins in filled:
            return True
        if named[-len(filled[1:]) :] == filled[1:] and any(_holds_years(rows, number, at) for at in named):
            return True
    return False


def _holds_years(rows: Sequence[tuple[int, Cells]], number: int, at: int) -> bool:
    """Whether most cells of a column are years, the row in question aside."""
    texts = [text for at_row, cells in rows if at_row != number and (text := cell_at(cells, at))]
    return 2 * sum(year_of(text) is not None for text in texts) > len(texts) > 2


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[-+\d.,\s%]+", text) is not None


def _no_figures(texts: Sequence[str], name: str) -> bool:
    """Whether the row holds no number but those that say the dimension: then it is a header."""
    others = [text for text in texts if READERS[name](text) is None]
    return not any(text.replace(",", "").replace(".", "").replace(" ", "").isdigit() for text in others)


def _between(rest: Sequence[Cells]) -> str | None:
    """Years that stand in rows of their own, two at least, with months below them."""
    first = [next((cell.strip() for cell in row if cell), "") for row in rest]
    years = [text for text in first if year_of(text)]
    months = [text for text in first if month_of(text)]
    return "years" if len(years) >= 2 and len(months) >= 2 * len(years) else None


def _has_tables_of_flows(rows: Sequence[tuple[int, Cells]]) -> bool:
    """Whether lines alone in their rows say one flow, and further down another."""
    alone = [texts[0] for _, cells in rows if len(texts := [cell for cell in cells if cell]) == 1]
    return len({said for text in alone if (said := said_on("flows", [text]))}) > 1


def _has_period(header: Cells, rest: Sequence[Cells]) -> bool:
    """Whether a column says the period: by its name, or by most of its cells."""
    is_named = any(PERIOD_NAME.search(cell) for cell in header if cell)
    first = next((at for at, cell in enumerate(header) if cell and READERS["flows"](cell)), len(header))
    return is_named or any(column_of(name, rest, first) is not None for name in ("years", "periods"))


def _down(rest: Sequence[Cells], across: Sequence[str], header: Cells) -> tuple[str, ...]:
    """Columns whose words have to be read: months, or months of years, where none stands across."""
    if {"months", "periods"} & set(across):
        return ()
    width = next((at for at, cell in enumerate(header) if cell and READERS[across[-1]](cell) is not None), len(header))
    for name, reader in (("periods", period_of), ("months", month_of)):
        at = column_of(name, rest, width)
        texts = [] if at is None else [row[at] or "" for row in rest if at < len(row) and row[at]]
        if len({reader(text) for text in texts}) >= 3 and not all(text.isdigit() for text in texts):
            return (name,)
    if "years" not in across:
        at = column_of("years", rest, width)
        texts = [] if at is None else [row[at] or "" for row in rest if at < len(row) and row[at]]
        if sum(not text.isdigit() for text in texts) > len(texts) / 2:  # a few that are no year are rejected
            return ("years",)
    return ()


def _with_sheets(
    found: Sequence[Grid], layout: Layout, is_area: Callable[[str], bool], in_columns: Collection[str] = ()
) -> Layout:
    """The layout with what the sheets or the lines above their headers say: the flow, and a period nobody else says."""
    taken = {*layout.across, layout.above, *layout.down, *in_columns}
    names = ["flows"] if "flows" not in taken else []
    if not taken & {"years", "periods"}:
        names += ["years"] if taken & {"months"} else ["years", "periods"]
    more = _said_by_sheets(found, layout, names)
    sheets = opened(found, Layout(layout.across, layout.above, layout.down, more or ("flows",)))
    free = [
        name
        for name in ("reporters", "partners")
        if name not in taken and not any(has_column_of(name, sheet) for _, sheet in sheets)
    ]
    said_by_all = [name for name in free if all(labelled(name, lines_above(grid, sheet)) for grid, sheet in sheets)]
    if not said_by_all and "partners" in free and len(sheets) > 1 and all(is_area(grid.name) for grid, _ in sheets):
        said_by_all = ["partners"]
    more = (*more, *said_by_all)
    return Layout(layout.across, layout.above, layout.down, more)


def _said_by_sheets(found: Sequence[Grid], layout: Layout, names: Sequence[str]) -> tuple[str, ...]:
    """Which of some dimensions every sheet says: a period only where no two sheets say the same of all of them."""
    tried = Layout(layout.across, layout.above, layout.down, tuple(names))
    sheets: list[tuple[Grid, Sheet]] = opened(found, tried)
    said = {name: [sheet.said[f"{name} {ON_SHEETS}"] for _, sheet in sheets] for name in names}
    told = [name for name in names if None not in said[name]]
    each = list(zip(*(said[name] for name in told), strict=True))
    return tuple(name for name in told if name == "flows" or len(set(each)) == len(each))
