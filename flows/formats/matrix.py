"""Tables as statistical offices print them, turned into one record per figure.

A layout says in one line where a dimension stands that has no column of its own: `years across` in the header,
`years across, flows across` in two header rows, `years above` in rows of their own between the others, `flows on
sheets` in the name of a sheet or the lines above its header. `months down` is a column whose words are read as months.
What else stands in columns stays there. The contract calls
such a dimension by the same words (`header: years across`), the figures `values`, and a column whose header is empty
`column 1` by its place.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.errors import ContractError, FileRefused
from flows.formats import workbook
from flows.formats.dropped import Dropped
from flows.formats.figures import is_word
from flows.formats.text_table import encoding_of
from flows.formats.words import area_word, flow_word, month_of, period_of, year_of

VALUES = "values"
Cells = Sequence[str | None]
HEAD_ROWS = 60  # a header stands among the first rows
_PART = re.compile(r"(years|months|periods|flows|partners|reporters) (across|above|down|on sheets)")
READERS: Mapping[str, Callable[[str], str | None]] = {
    "years": year_of, "months": month_of, "periods": period_of, "flows": flow_word,
    "partners": area_word, "reporters": area_word,
}  # fmt: skip
_NUMBER = re.compile(r"[-+(]?[\d\s.,\u00a0\u202f']*\d[\s.,\d)]*%?")


@dataclass(frozen=True)
class Layout:
    """Dimensions without a column: those of the header rows from top to bottom, of rows between, and of the sheets."""

    across: tuple[str, ...] = ()
    above: str | None = None
    down: tuple[str, ...] = ()
    on_sheets: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> Layout:
        """What a contract says. Raises ContractError where it says nothing that is known."""
        parts = [part.strip() for part in text.split(",")]
        found = [_PART.fullmatch(part) for part in parts]
        if not all(found):
            known = (
                "years, months, periods, flows, partners or reporters, each `across`, `above`, `down` or `on sheets`"
            )
            raise ContractError(f"the layout {text!r} is not known; say {known}")
        said = [(match[1], match[2]) for match in found if match]
        above = [name for name, place in said if place == "above"]
        if len(above) > 1:
            raise ContractError(f"the layout {text!r} names two dimensions in rows between the others; one is possible")
        return cls(
            tuple(name for name, place in said if place == "across"),
            above[0] if above else None,
            tuple(name for name, place in said if place == "down"),
            tuple(name for name, place in said if place == "on sheets"),
        )

    def __str__(self) -> str:
        parts = [f"{name} across" for name in self.across]
        parts += [f"{self.above} above"] if self.above else []
        parts += [f"{name} down" for name in self.down]
        return ", ".join([*parts, *(f"{name} on sheets" for name in self.on_sheets)])

    @property
    def headers(self) -> list[str]:
        """What the contract calls the dimensions."""
        return str(self).split(", ")


@dataclass
class Grid:
    """One sheet, or a text file: its name and its rows."""

    name: str
    rows: list[tuple[int, list[str | None]]]


@dataclass
class Sheet:
    """How a sheet is read: its header row, the names of its columns, its name and the lines above the header, the
    dimensions of each column of figures, columns read as a dimension, what the sheet says, and columns not read.
    """

    header_row: int
    names: list[str]
    titles: list[str]
    places: dict[int, dict[str, str]]
    downs: dict[int, str]
    said: dict[str, str | None]
    unread: list[str]


def grids(dropped: Dropped, form: str, delimiter: str, encoding: str, sheet: str | None = None) -> Iterator[Grid]:
    """The sheet named, else all sheets in their order; of a text file the file itself."""
    if form == "xlsx":
        for name in [sheet] if sheet else workbook.sheet_names(dropped):
            yield Grid(name or "", list(workbook.rows(dropped, name)))
        return
    read_as = encoding_of(dropped.start(), encoding)
    with dropped.open() as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig" if read_as.startswith("utf-8") else read_as, newline="")
        rows = [[cell.strip() or None for cell in row] for row in csv.reader(text, delimiter=delimiter)]
    yield Grid("", list(enumerate(rows, start=1)))


def opened(found: Iterable[Grid], layout: Layout) -> list[tuple[Grid, Sheet]]:
    """The sheets that have the header of the layout: the first one, or where a dimension is on the sheets all of them.

    Raises FileRefused where none has.
    """
    fitting: list[tuple[Grid, Sheet]] = []
    for grid in found:
        sheet = _opened(grid, layout)
        if sheet is not None and (not fitting or (layout.on_sheets and sheet.names == fitting[0][1].names)):
            fitting.append((grid, sheet))
    if not fitting:
        raise FileRefused(f"it has no header of the layout `{layout}`")
    return fitting


def records(grid: Grid, sheet: Sheet, layout: Layout) -> Iterator[dict[str, str | None]]:
    """Every figure of a sheet with its dimensions, or every row where none stands across."""
    first = min(sheet.places, default=len(sheet.names))
    section: str | None = None
    for number, cells in grid.rows:
        if number <= sheet.header_row or not any(cells):
            continue
        figures = {at: value for at in sheet.places if (value := _cell(cells, at)) is not None}
        if layout.above is not None and (found := _section(cells, layout.above, first, bool(figures))) is not None:
            section = found
            if not figures:
                continue
        downs = {name: _cell(cells, at) for at, name in enumerate(sheet.names)}
        if not any(downs.values()):
            continue
        for at, name in sheet.downs.items():
            said = _cell(cells, at)
            downs[f"{name} down"] = (READERS[name](said) or said) if said else None
        more = {f"{layout.above} above": section} if layout.above else {}
        if not layout.across:
            yield {**downs, **more, **sheet.said}
        for at, value in figures.items():
            yield {**downs, **sheet.places[at], **more, **sheet.said, VALUES: None if is_word(value) else value}


def _opened(grid: Grid, layout: Layout) -> Sheet | None:
    rows = dict(grid.rows)
    top = next((n for n, _ in grid.rows[:HEAD_ROWS] if _is_header(rows, n, layout)), None)
    if top is None:
        return None
    last = top + max(len(layout.across), 1) - 1
    places, unread = _places(rows, top, layout)
    first = min(places, default=max(len(rows[n]) for n in range(top, last + 1)))
    labels = [
        next((text for n in range(last, top - 1, -1) if (text := _cell(rows.get(n, []), at))), None)
        for at in range(first)
    ]
    names = [label or f"column {at + 1}" for at, label in enumerate(labels)]
    titles = [cell for n, cells in grid.rows if n < top for cell in cells if cell]
    said = {f"{name} on sheets": said_on(name, [grid.name, *titles]) for name in layout.on_sheets}
    below = [cells for n, cells in grid.rows if n > last]
    downs = {at: name for name in layout.down if (at := column_of(name, below, first)) is not None}
    if len(downs) < len(layout.down):
        return None
    return Sheet(last, names, [grid.name, *titles], places, downs, said, unread)


def column_of(name: str, below: Sequence[Cells], width: int) -> int | None:
    """The column whose cells most often say a dimension, and at least as often as not."""
    best: tuple[float, int | None] = (0.5, None)
    for at in range(width):
        texts = [text for cells in below if (text := _cell(cells, at))]
        share = sum(READERS[name](text) is not None for text in texts) / len(texts) if texts else 0
        best = max(best, (share, at), key=lambda pair: pair[0]) if share >= best[0] else best
    return best[1]


def _is_header(rows: Mapping[int, Cells], top: int, layout: Layout) -> bool:
    if not layout.across:
        cells = [cell for cell in rows.get(top, []) if cell]
        return len(cells) > 1 and not any(_NUMBER.fullmatch(cell) for cell in cells)
    return all(says(name, rows.get(top + at, [])) for at, name in enumerate(layout.across))


def says(name: str, cells: Cells) -> bool:
    """Whether a header row says a dimension: in two cells at least, or in one that can only be a year (Y2018)."""
    found = [cell for cell in cells if cell and READERS[name](cell.strip()) is not None]
    return len(found) >= 2 or (name == "years" and any(cell.strip()[0].isalpha() for cell in found))


def _places(rows: Mapping[int, Cells], top: int, layout: Layout) -> tuple[dict[int, dict[str, str]], list[str]]:
    """The dimensions of every column of figures; a header that spans columns stands in the first of them."""
    if not layout.across:
        return {}, []
    width = max(len(rows.get(top + n, [])) for n in range(len(layout.across)))
    filled: list[list[str | None]] = []
    for n, name in enumerate(layout.across):
        cells = [_cell(rows.get(top + n, []), at) for at in range(width)]
        if n < len(layout.across) - 1:
            cells = _spanned(cells, READERS[name])
        filled.append(cells)
    places: dict[int, dict[str, str]] = {}
    unread: list[str] = []
    for at in range(width):
        texts = [cells[at] for cells in filled]
        read = [READERS[name](text) if text else None for name, text in zip(layout.across, texts, strict=True)]
        is_label = at == 0 and {"partners", "reporters"} & set(layout.across)  # any word could name an area
        if all(read) and not is_label:
            places[at] = {f"{name} across": value for name, value in zip(layout.across, read, strict=True) if value}
        elif places and (label := texts[-1]):
            unread.append(label)
    return places, unread


def _spanned(cells: list[str | None], read: Callable[[str], str | None]) -> list[str | None]:
    """Cells of an upper header row, each holding until the next one; what stands before the first is no header."""
    filled: list[str | None] = []
    current: str | None = None
    for cell in cells:
        current = cell if cell is not None and (current is not None or read(cell) is not None) else current
        filled.append(current)
    return filled


def _section(cells: Cells, name: str, first: int, has_figures: bool) -> str | None:
    """What a row between the others says: an area stands alone in it, a year or a flow may have totals beside it."""
    texts = [text for at in range(first) if (text := _cell(cells, at))]
    if len(texts) != 1 or (has_figures and name in ("partners", "reporters")):
        return None
    return READERS[name](texts[0])


def said_on(name: str, texts: Iterable[str]) -> str | None:
    """The first text that says the dimension, as a whole or in the words of it."""
    for text in texts:
        pieces = [text, *re.split(r"[:;|,()\[\]/\u2013\u2014-]+|\. ", text)]
        if found := next((said for piece in pieces if (said := READERS[name](piece.strip()))), None):
            return found
    return None


def _cell(cells: Cells, at: int) -> str | None:
    text = cells[at] if at < len(cells) else None
    return text.strip() or None if text else None
