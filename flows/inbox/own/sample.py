"""A table as a whole: its header and rows, and how they have to be read."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, InstanceOf

from flows.errors import FileRefused, refusing
from flows.formats import workbook
from flows.formats.dropped import Dropped, kind_of
from flows.formats.figures import is_word
from flows.formats.matrix import VALUES, Grid, Layout, grids
from flows.formats.printed_rows import records
from flows.formats.sheets import MOST_NAMED, opened, usual_width
from flows.formats.text_table import encoding_problem, repeated
from flows.inbox.own.codes import area_named
from flows.inbox.own.detect import detect
from flows.inbox.own.encodings import encoding_in, require_encoding
from flows.inbox.unread_layouts import ACTIONS_OF_FIGURES, action_at, why_old_comext
from flows.redaction import legible_name
from flows.settings import ROOT

_LOOKED_AT = 200  # lines that show the delimiter
_DELIMITERS = ("\t", ";", "|", ",")  # of two that split as many lines the first: a comma may be a decimal one
_MOST_COMMAS = 2  # in the first cell of every row: more than a name has
_FEWEST_COLUMNS = 3  # of a table in which a row of one cell is a note
_FEWEST_SPANNING = 2  # names in the upper row of a header of two: one alone is a title
_NUMBER = re.compile(r"[-+]?[\d.,\s]+%?")
_YEAR = re.compile(r"(19|20)\d\d")

Row = tuple[InstanceOf[str] | None, ...]  # as they are: a copy would no longer say that a cell holds a number


class Sample(BaseModel):
    """Column names and rows of a table as text, an empty cell as none, and the rules of reading it."""

    model_config = ConfigDict(frozen=True)

    path: Path
    format: Literal["csv", "tsv", "xlsx"]
    delimiter: str = ","
    encoding: str = "utf-8"
    sheet: str | None = None
    header_row: int = 1
    layout: str | None = None
    title_texts: tuple[str, ...] = ()
    sheet_name: str = ""
    unread_sheets: tuple[str, ...] = ()
    unread_columns: tuple[str, ...] = ()
    header: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def titles(self) -> str:
        """What the lines above the headers say, in one line."""
        return " ".join(self.title_texts)

    def heading(self, position: int) -> str:
        """What a column is called, with the unit that a row right below the header may say of it: USD million."""
        below = self.rows[0][position] if self.layout is None else None
        return f"{self.header[position]} {below}" if below and is_word(below) else self.header[position]

    def column(self, position: int) -> list[str]:
        """The values of a column that are not empty, those of notes below the table aside."""
        return [value for row in self._records if (value := row[position]) is not None]

    @cached_property
    def _records(self) -> list[Row]:
        """The rows but those with one cell: a source or a footnote, and no record of a table of several columns."""
        if len(self.header) < _FEWEST_COLUMNS:
            return list(self.rows)
        return [row for row in self.rows if sum(cell is not None for cell in row) > 1]


def read_sample(
    path: Path,
    sheet: str | None = None,
    header_row: int | None = None,
    layout: str | None = None,
    seeds: Path = ROOT / "dbt_project" / "seeds",
    encoding: str | None = None,
) -> Sample:
    """The header and the rows of a CSV or Excel file; the header is looked for unless its row is given, and so is the
    layout of a table that is no list of records.

    Raises FileRefused when the file cannot be read, has no header or no rows, ContractError for an unknown layout.
    """
    if not path.is_file():
        raise FileRefused(f"There is no file {path}.")
    name = legible_name(path.name)
    if header_row is not None and header_row < 1:
        raise FileRefused(f"--header-row {header_row} is no row of {name}; the first one is 1.")
    if encoding is not None:
        require_encoding(encoding)
    try:
        with refusing(f"{name} cannot be read; get the file again"):
            return _read(Dropped(path), seeds, sheet, header_row, layout, encoding)
    except OSError as error:
        raise FileRefused(f"{name} cannot be read ({error.strerror}).") from error


def _read(
    dropped: Dropped,
    seeds: Path,
    sheet: str | None,
    header_row: int | None,
    layout: str | None,
    encoding_said: str | None,
) -> Sample:
    path, start = dropped.path, dropped.start()
    if said := workbook.problem(start, dropped):
        raise FileRefused(said)
    kind = kind_of(start)
    if kind == "zip" or dropped.is_7z:
        raise FileRefused(f"{path.name} is an archive; unpack it, and name the table that is in it.")
    if kind not in ("xlsx", "text"):
        raise FileRefused(f"{path.name} is not a table; a contract can be drafted from a CSV or an .xlsx file.")
    form: dict[str, object] = (
        {"format": "xlsx", "sheet": sheet} if kind == "xlsx" else _text_form(dropped, start, encoding_said)
    )
    delimiter, encoding = str(form.get("delimiter", ",")), str(form.get("encoding", "utf-8"))
    found = list(grids(dropped, str(form["format"]), delimiter, encoding, sheet))
    laid_out = Layout.of(layout) if layout else None
    _require_one_dimension_a_column(path, found)
    if laid_out is None and header_row is None:
        laid_out = detect(found, lambda text: area_named(text, seeds) is not None)
    hidden = tuple(workbook.hidden_sheets(dropped)) if kind == "xlsx" and sheet is None else ()
    if laid_out is not None:
        return _laid_out(path, found, laid_out, form).model_copy(update={"unread_sheets": hidden})
    others = [grid for grid in found[1:] if any(any(cells) for _, cells in grid.rows)]
    first = _sample(path, [cells for _, cells in found[0].rows], header_row, form)
    alike = [grid for grid in others if _names(dict(grid.rows).get(first.header_row, [])) == first.header]
    rows = [
        _row(cells, len(first.header))
        for grid in alike
        for n, cells in grid.rows
        if n > first.header_row and any(cells)
    ]
    more: dict[str, object] = {"sheet": workbook.EVERY_SHEET, "rows": (*first.rows, *rows)} if alike else {}
    above = [cells for grid in alike for n, cells in grid.rows if n < first.header_row]
    more["title_texts"] = tuple(dict.fromkeys((*first.title_texts, *_above(above))))
    more["sheet_name"] = found[0].name
    unread = tuple(grid.name for grid in others if grid not in alike)
    return first.model_copy(update={**more, "unread_sheets": (*unread, *hidden)})


def _require_one_dimension_a_column(path: Path, found: list[Grid]) -> None:
    """Raises FileRefused where the first column holds several between commas, as in a TSV of Eurostat's: freq,geo."""
    for grid in found:
        texts = [text for _, cells in grid.rows[:_LOOKED_AT] if cells and (text := (cells[0] or "").strip())]
        commas = {text.count(",") for text in texts}
        if len(texts) > 1 and len(commas) == 1 and commas.pop() >= _MOST_COMMAS and " " not in texts[0]:
            raise FileRefused(
                f"{path.name}: the first column holds several in one ({texts[0]!r}); get the file as SDMX-CSV, or part "
                "this column at its commas."
            )


def _text_form(dropped: Dropped, start: bytes, encoding: str | None) -> dict[str, object]:
    encoding = encoding or encoding_in(start, dropped.path.name)
    if said := encoding_problem(start, encoding, dropped.path.name):
        raise FileRefused(said)
    delimiter = _delimiter(_lines(dropped, encoding))
    return {"format": "tsv" if delimiter == "\t" else "csv", "delimiter": delimiter, "encoding": encoding}


def _laid_out(path: Path, found: list[Grid], layout: Layout, form: dict[str, object]) -> Sample:
    """The table as records, a row for every figure."""
    try:
        sheets = opened(found, layout)
    except FileRefused as error:
        raise FileRefused(f"{path.name}: {error}.") from error
    first = sheets[0][1]
    header = (*first.names, *layout.headers, *([VALUES] if layout.across else []))
    rows = tuple(
        tuple(record.get(name) for name in header)
        for grid, sheet in sheets
        for _, record in records(grid, sheet, layout)
    )
    if not rows:
        raise FileRefused(f"{path.name} has a header of the layout `{layout}` and no figure below it.")
    titles = tuple(dict.fromkeys(title for _, sheet in sheets for title in sheet.titles if title))
    unread = tuple(dict.fromkeys(label for _, sheet in sheets for label in sheet.unread))
    more = {"path": path, "layout": str(layout), "title_texts": titles, "header": header, "rows": rows}
    return Sample.model_validate({**form, **more, "unread_columns": unread})


def _lines(dropped: Dropped, encoding: str) -> list[str]:
    with dropped.open() as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig" if encoding == "utf-8" else encoding, errors="replace")
        return list(itertools.islice(text, _LOOKED_AT))


def _delimiter(lines: Sequence[str]) -> str:
    """The character that splits most lines into the same number of fields, more than one."""

    def evenness(mark: str) -> int:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=mark) if len(row) > 1)
        return max(widths.values(), default=0)

    return max(_DELIMITERS, key=evenness)


def _sample(path: Path, cells: list[list[str | None]], header_row: int | None, form: dict[str, object]) -> Sample:
    number = header_row or _find_header(cells)
    if number is None or number > len(cells) or not any(cells[number - 1]):
        raise FileRefused(
            f"{path.name} has no row that names its columns; say with --header-row which one does, or write one "
            "above the figures where the header takes several rows or merged cells."
        )
    header = _names(cells[number - 1])
    _require_one_row_of_names(path, cells, number)
    if twice := repeated(header, [name for name in dict.fromkeys(header) if name]):
        raise FileRefused(f"{path.name}: the header has {', '.join(map(repr, twice))} more than once; rename one.")
    if said := why_old_comext(header, path.name):
        raise FileRefused(said)
    rows = tuple(_row(row, len(header)) for row in cells[number:] if any(row))
    if not rows:
        raise FileRefused(f"{path.name} has a header and no row below it.")
    _require_no_deletion(path, header, rows)
    titles = _above(cells[: number - 1])
    more = {"path": path, "header_row": number, "title_texts": titles, "header": header, "rows": rows}
    return Sample.model_validate({**form, **more})


def _require_no_deletion(path: Path, header: Sequence[str], rows: Sequence[Row]) -> None:
    """Raises FileRefused where a row of SDMX-CSV deletes a figure instead of giving one."""
    at = action_at(header)
    found = [row[at] or "" for row in rows] if at is not None else []
    if odd := [action for action in found if action.upper() not in ACTIONS_OF_FIGURES]:
        raise FileRefused(
            f"{path.name} is SDMX-CSV, and {len(odd):,} of its {len(rows):,} rows have the ACTION {odd[0]!r}, as rows "
            "have that delete figures; get all figures anew in a file without such rows."
        )


def _require_one_row_of_names(path: Path, cells: Sequence[Sequence[str | None]], number: int) -> None:
    """Raises FileRefused where the header takes two rows, as merged cells do: a name above spans several below it."""
    for upper in (number - 1, number):
        above, below = (_names(cells[n - 1]) if 0 < n <= len(cells) else () for n in (upper, upper + 1))
        spanned = _first_spanned(above, below)
        if spanned is not None:
            named = next(name for name in reversed(above[:spanned]) if name)
            raise FileRefused(
                f"{path.name}: the header takes two rows, {named!r} in row {upper} above {below[spanned]!r} in row "
                f"{upper + 1}. Write one row that names each column, or use --layout where years, months or flows "
                "stand across."
            )


def _first_spanned(above: Sequence[str], below: Sequence[str]) -> int | None:
    """The place in `below` of the first name that a name further left in `above` spans; none where both rows are not
    the names of columns.

    Where the first column is named in the upper row, below it stands nothing, or the same again; then only what has no
    name above it is held to be one.
    """
    alone = [at for at, name in enumerate(below) if name and not (above[at] if at < len(above) else "")]
    spanned = [at for at in alone if any(above[:at]) and below[at - 1]]
    if not spanned or sum(map(bool, above)) < _FEWEST_SPANNING:
        return None
    is_named_above = below[0] in ("", *above[:1])
    names = [below[at] for at in alone] if is_named_above else [name for name in below if name]
    return spanned[0] if all(map(_is_name, names)) else None


def _is_name(text: str) -> bool:
    return _NUMBER.fullmatch(text) is None


def _above(lines: Sequence[Sequence[str | None]]) -> tuple[str, ...]:
    """The texts of the lines above a header, each once."""
    return tuple(dict.fromkeys(cell for cells in lines for cell in cells if cell))


def _names(cells: Sequence[str | None]) -> tuple[str, ...]:
    names = [(name or "").strip() for name in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _row(cells: list[str | None], width: int) -> Row:
    return tuple(
        itertools.islice(itertools.chain((c.strip() or None if c else None for c in cells), _nothing()), width)
    )


def _nothing() -> Iterator[None]:
    yield from itertools.repeat(None)


def _find_header(cells: Sequence[Sequence[str | None]]) -> int | None:
    """The first row of words that is as wide as most rows below it: one whose words are all different, if there is."""
    least = MOST_NAMED * usual_width(sum(cell is not None for cell in row) for row in cells)
    found = []
    for number, row in enumerate(cells[:40], start=1):
        names = [cell for cell in row if cell is not None]
        is_words = not any(_NUMBER.fullmatch(name) for name in names if not _YEAR.fullmatch(name))
        if len(names) > 1 and len(names) >= least and is_words:
            found.append((len(set(names)) < len(names), number))
    return min(found)[1] if found else None
