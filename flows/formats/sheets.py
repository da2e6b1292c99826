"""A printed sheet opened by its layout: where its header stands, which columns hold figures of what, and what the lines
above it say of the whole sheet.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from flows.errors import FileRefused
from flows.formats.figures import LONGEST, is_word
from flows.formats.matrix import HEAD_ROWS, ON_SHEETS, READERS, Cells, Grid, Layout, cell_at
from flows.formats.period_words import year_of
from flows.formats.spoken_periods import calls_other_span, period_in
from flows.formats.words import flow_of_period, flow_of_year, is_quantity

_BOTH = {frozenset({"years", "flows"}): flow_of_year, frozenset({"periods", "flows"}): flow_of_period}
OTHER_MEASURE = "-"  # of a flow: the sheet holds quantities
_NUMBER = re.compile(r"[-+(]?[\d\s.,\u00a0\u202f']*\d[\s.,\d)]*%?")
MOST_NAMED = 0.6
"""How many of the columns a header names at least: some have no name."""
_PERIOD_LABEL = re.compile(
    r"(?:years?|period|jahr|zeitraum|année|période|año|ano|período|periodo|год|период)\b|年|期间", re.IGNORECASE
)
_LABELS = {
    "years": _PERIOD_LABEL,
    "periods": _PERIOD_LABEL,
    "reporters": re.compile(r"report|declar|страна.отч|报告", re.IGNORECASE),
    "partners": re.compile(r"partner|counterpart|партн|контрагент|伙伴", re.IGNORECASE),
    "measures": re.compile(r"indicator|measure|показател|指标", re.IGNORECASE),
}
# The mark at a year that a note explains: 2021*, 2021 1), 2021(1).
_MARKED = re.compile(r"(?:19|20)\d\d\s*(?:года?|г\.?|年|년)?\s*([*†]+|\(?\d\))")
_NOTE = re.compile(r"([*†]+|\(?\d\))\W*(.+)", re.DOTALL)
_SIDE = re.compile(r"label|\bgeo|partner|reporter|countr|стран|国|地区", re.IGNORECASE)


@dataclass
class Sheet:
    """How a sheet is read: the first row of its header and the last, the names of its columns, its name and the lines
    above the header, the dimensions of each column of figures, columns read as a dimension, what the sheet says, and
    columns not read.
    """

    first_row: int
    header_row: int
    names: list[str]
    titles: list[str]
    places: dict[int, dict[str, str]]
    downs: dict[int, str]
    said: dict[str, str | None]
    unread: list[str]


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


def _opened(grid: Grid, layout: Layout) -> Sheet | None:
    rows = dict(grid.rows)
    tops = [n for n, _ in grid.rows[:HEAD_ROWS] if _is_header(rows, n, layout)]
    top = (_widest(rows, tops) if not layout.across else None) or next(iter(tops), None)
    if top is None:
        return None
    last = top if says_both(rows[top], layout.across) else top + max(len(layout.across), 1) - 1
    places, unread = places_at(rows, top, layout)
    first = min(places, default=max(len(rows[n]) for n in range(top, last + 1)))
    last += _has_labels_below(rows.get(last + 1, []), first) if places else 0
    places, others = _of_values(places, rows.get(last, []), rows.get(last + 1, []))
    unread += others
    labels = [
        next((text for n in range(last, top - 1, -1) if (text := cell_at(rows.get(n, []), at))), None)
        for at in range(first)
    ]
    names = [label or f"column {at + 1}" for at, label in enumerate(labels)]
    above = _lines(grid, top)
    titles = [cell for cells in above for cell in cells]
    if "flows" in layout.across:  # Exports (USD million)
        titles += [cell for n in range(top, last + 1) for cell in rows.get(n, []) if cell]
    titles += _units_below(rows.get(last + 1, []), places)
    said = {f"{name} {ON_SHEETS}": _said_of(name, grid, above, titles) for name in layout.on_sheets}
    below = [cells for n, cells in grid.rows if n > last]
    downs = {at: name for name in layout.down if (at := column_of(name, below, first)) is not None}
    if len(downs) < len(layout.down):
        return None
    return Sheet(top, last, names, [grid.name, *titles], places, downs, said, unread)


def _widest(rows: Mapping[int, Cells], tops: Iterable[int]) -> int | None:
    """The first of some rows that names most of the columns most rows have: a title and its number are no header."""
    least = MOST_NAMED * usual_width(sum(map(bool, cells)) for cells in rows.values())
    return next((n for n in tops if sum(map(bool, rows[n])) >= least), None)


def usual_width(cells_filled: Iterable[int]) -> int:
    """Of the numbers of cells that rows fill, the commonest above one, the first of several; 0 where there is none."""
    widths = Counter(cells_filled)
    return max((width for width in widths if width > 1), key=lambda width: widths[width], default=0)


def _lines(grid: Grid, top: int) -> list[list[str]]:
    return [[cell for cell in cells if cell] for n, cells in grid.rows if n < top]


def lines_above(grid: Grid, sheet: Sheet) -> list[list[str]]:
    """The lines above the header of a sheet, each as its cells that are not empty."""
    return _lines(grid, sheet.first_row)


def has_column_of(name: str, sheet: Sheet) -> bool:
    """Whether a column of labels is called by a dimension, such as Partner."""
    return any(_LABELS[name].match(label) for label in sheet.names)


def _has_labels_below(cells: Cells, first: int) -> bool:
    """Whether the row below a header only names the columns of labels, as Eurostat's workbooks do."""
    texts = [text for at in range(first) if (text := cell_at(cells, at))]
    return bool(texts) and not any(cells[first:]) and all(_SIDE.search(text) for text in texts)


def _of_values(
    places: Mapping[int, dict[str, str]], header: Cells, units: Cells
) -> tuple[dict[int, dict[str, str]], list[str]]:
    """The places where a header spans a quantity and a value, of which the value counts, and units of columns not read.

    The row below the header says which is which: tonnes, USD million. A row of figures says nothing of that.
    """
    if not all(is_word(text) for at in places if (text := cell_at(units, at))):
        return dict(places), []
    found: dict[int, dict[str, str]] = {}
    unread: list[str] = []
    for at, following in pairwise([*sorted(places), max(len(header), len(units))]):
        spanned = [at, *itertools.takewhile(lambda n: cell_at(header, n) is None, range(at + 1, following))]
        texts = {n: text for n in spanned if (text := cell_at(units, n)) and is_word(text)}
        values = [n for n, text in texts.items() if not is_quantity(text)]
        chosen = values[0] if values and at in texts and at not in values else at
        found[chosen] = places[at]
        unread += [text for n, text in texts.items() if n != chosen]
    return found, unread


def _units_below(cells: Cells, places: Iterable[int]) -> list[str]:
    """What a row below the header says of the columns of figures, such as their units."""
    texts = [text for at in places if (text := cell_at(cells, at))]
    return list(dict.fromkeys(texts)) if len(texts) > 1 and all(map(is_word, texts)) else []


def _said_of(name: str, grid: Grid, above: list[list[str]], titles: list[str]) -> str | None:
    """What a sheet says of a dimension: in a line that names it, else in its name or the lines above its header."""
    if name == "flows" and is_quantity(labelled("measures", above) or ""):
        return OTHER_MEASURE
    if name in ("years", "periods"):
        said = _period_said(labelled(name, above), grid.name, titles)
        return said if said is not None and (name == "years") == (year_of(said) is not None) else None
    return labelled(name, above) or said_on(name, [grid.name, *titles])


def _period_said(label: str | None, name: str, titles: Iterable[str]) -> str | None:
    """The period that a line of its own says, else the name of the sheet, else all lines above its header."""
    if label is not None:
        return period_in([label])
    return period_in([name]) or period_in(titles)


def labelled(name: str, above: Iterable[Sequence[str]]) -> str | None:
    """What a line says that begins with the name of a dimension: `Reporter | Germany`, `Reporter: Germany`."""
    if name not in _LABELS:
        return None
    for cells in above:
        label, colon, rest = (cells or [""])[0].partition(":")
        if _LABELS[name].match(label.strip()) and (said := (rest.strip() if colon else "") or " ".join(cells[1:2])):
            return said
    return None


def column_of(name: str, below: Sequence[Cells], width: int) -> int | None:
    """The column whose cells most often say a dimension, and at least as often as not."""
    best: tuple[float, int | None] = (0.5, None)
    for at in range(width):
        texts = [text for cells in below if (text := cell_at(cells, at))]
        share = sum(READERS[name](text) is not None for text in texts) / len(texts) if texts else 0
        best = max(best, (share, at), key=lambda pair: pair[0]) if share >= best[0] else best
    return best[1]


def _is_header(rows: Mapping[int, Cells], top: int, layout: Layout) -> bool:
    if not layout.across:
        cells = [cell for cell in rows.get(top, []) if cell]
        return len(cells) > 1 and not any(len(cell) <= LONGEST and _NUMBER.fullmatch(cell) for cell in cells)
    in_rows = all(says(name, rows.get(top + at, [])) for at, name in enumerate(layout.across))
    return in_rows or says_both(rows.get(top, []), layout.across)


def says_both(cells: Cells, across: Sequence[str]) -> bool:
    """Whether one header row says times and flows together, in two columns at least: Exports 2019, Imports 2019."""
    read = _BOTH.get(frozenset(across))
    return read is not None and len({said for cell in cells if cell and (said := read(cell))}) > 1


def says(name: str, cells: Cells) -> bool:
    """Whether a header row says a dimension: in two cells at least, or in one that can only be a year (Y2018)."""
    found = [cell for cell in cells if cell and READERS[name](cell.strip()) is not None]
    return len(found) >= 2 or (name == "years" and any(cell.strip()[0].isalpha() for cell in found))


def is_header_again(rows: Mapping[int, Cells], number: int, sheet: Sheet, layout: Layout) -> bool:
    """Whether a row below the header is a header too, of another table on the sheet: figures would say years at random,
    but not all of them, in equal steps, and with no row of figures right above.
    """
    if _continues(rows, number, sheet):
        return False
    for at, name in enumerate(layout.across):
        texts = [text for place in sheet.places if (text := cell_at(rows.get(number + at, []), place))]
        read = [READERS[name](text) for text in texts]
        if len(texts) < 2 or None in read or len(set(read)) < 2:
            return False
        if name == "years" and len(layout.across) == 1:
            years = [int(year or 0) for year in read]
            if len({later - year for year, later in pairwise(years)}) > 1:
                return False
    return "partners" not in layout.across and "reporters" not in layout.across and bool(layout.across)


def _continues(rows: Mapping[int, Cells], number: int, sheet: Sheet) -> bool:
    """Whether a row goes on below a row of figures, under labels of its own."""
    labels = [cell_at(rows[number], at) or "" for at in range(len(sheet.names))]
    if [label.casefold() for label in labels] == [name.casefold() for name in sheet.names]:
        return False
    above = [cell_at(rows.get(number - 1, []), at) for at in sheet.places]
    return 2 * sum(text is not None and not is_word(text) for text in above) >= len(above) > 0


def places_at(rows: Mapping[int, Cells], top: int, layout: Layout) -> tuple[dict[int, dict[str, str]], list[str]]:
    """The dimensions of every column of figures; a header that spans columns stands in the first of them."""
    if not layout.across:
        return {}, []
    if says_both(rows.get(top, []), layout.across):
        return _whole_years(rows, [rows[top]], *_both_at(rows[top], layout.across))
    width = max(len(rows.get(top + n, [])) for n in range(len(layout.across)))
    filled: list[list[str | None]] = []
    for n, name in enumerate(layout.across):
        cells = [cell_at(rows.get(top + n, []), at) for at in range(width)]
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
    return _whole_years(rows, filled, places, unread)


def _whole_years(
    rows: Mapping[int, Cells], header: Sequence[Cells], places: dict[int, dict[str, str]], unread: list[str]
) -> tuple[dict[int, dict[str, str]], list[str]]:
    """Places and columns not read, less the years of which a note says that they are none: 2021*, * January-April."""
    marked = {
        at: (text, found[1]) for at in places for cells in header
        if (text := cell_at(cells, at)) and (found := _MARKED.search(text))
    }  # fmt: skip
    if not marked:
        return places, unread
    lone = (texts[0] for cells in rows.values() if len(texts := [cell for cell in cells if cell]) == 1)
    notes = [(found[1].strip("()"), found[2]) for text in lone if (found := _NOTE.match(text.strip()))]
    of_parts = {mark for mark, said in notes if calls_other_span(said, by_years=True)}
    parts = {at: text for at, (text, mark) in marked.items() if mark.strip("()") in of_parts}
    return {at: said for at, said in places.items() if at not in parts}, [*unread, *parts.values()]


def _both_at(cells: Cells, across: Sequence[str]) -> tuple[dict[int, dict[str, str]], list[str]]:
    """The same of a header row whose cells say time and flow together."""
    read, (times,) = _BOTH[frozenset(across)], set(across) - {"flows"}
    said = {at: both for at, cell in enumerate(cells) if cell and (both := read(cell))}
    unread = [cell for at, cell in enumerate(cells) if cell and at > min(said) and at not in said]
    return {at: {"flows across": flow, f"{times} across": time} for at, (flow, time) in said.items()}, unread


def _spanned(cells: list[str | None], read: Callable[[str], str | None]) -> list[str | None]:
    """Cells of an upper header row, each holding until the next one; what stands before the first is no header."""
    filled: list[str | None] = []
    current: str | None = None
    for cell in cells:
        current = cell if cell is not None and (current is not None or read(cell) is not None) else current
        filled.append(current)
    return filled


def said_on(name: str, texts: Iterable[str]) -> str | None:
    """The first text that says the dimension, as a whole or in the words of it."""
    for text in texts:
        pieces = [text, *re.split(r"[:;|,()\[\]/\u2013\u2014-]+|\. ", text)]
        if found := next((said for piece in pieces if (said := READERS[name](piece.strip()))), None):
            return found
    return None
