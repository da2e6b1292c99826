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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flows.errors import ContractError
from flows.formats import workbook
from flows.formats.dropped import Dropped
from flows.formats.period_words import month_of, period_of, year_of
from flows.formats.text_table import encoding_of
from flows.formats.words import area_word, flow_word

VALUES = "values"
ON_SHEETS = "on sheets"
Cells = Sequence[str | None]
HEAD_ROWS = 60  # a header stands among the first rows
_PART = re.compile(r"(years|months|periods|flows|partners|reporters) (across|above|down|on sheets)")
READERS: Mapping[str, Callable[[str], str | None]] = {
    "years": year_of, "months": month_of, "periods": period_of, "flows": flow_word,
    "partners": area_word, "reporters": area_word,
}  # fmt: skip


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
        return ", ".join([*parts, *(f"{name} {ON_SHEETS}" for name in self.on_sheets)])

    @property
    def headers(self) -> list[str]:
        """What the contract calls the dimensions."""
        return str(self).split(", ")


@dataclass
class Grid:
    """One sheet, or a text file: its name and its rows; of a text file the line each row begins in."""

    name: str
    rows: list[tuple[int, list[str | None]]]
    lines: list[int] = field(default_factory=list)

    def line_of(self, number: int) -> int:
        """Where a person finds a row: its number on the sheet, or its line where cells before it have several."""
        return self.lines[number - 1] if self.lines else number


def grids(dropped: Dropped, form: str, delimiter: str, encoding: str, sheet: str | None = None) -> Iterator[Grid]:
    """The sheet named, else all sheets in their order; of a text file the file itself."""
    if form == "xlsx":
        for name in [sheet] if sheet else workbook.sheet_names(dropped):
            yield Grid(name or "", list(workbook.rows(dropped, name)))
        return
    read_as = encoding_of(dropped.start(), encoding)
    with dropped.open() as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig" if read_as.startswith("utf-8") else read_as, newline="")
        rows: list[list[str | None]] = []
        lines, ends = [], 0
        reader = csv.reader(text, delimiter=delimiter)
        for row in reader:
            rows.append([cell.strip() or None for cell in row])
            lines.append(ends + 1)
            ends = reader.line_num
    yield Grid("", list(enumerate(rows, start=1)), lines)


def cell_at(cells: Cells, at: int) -> str | None:
    """The text of a cell; none where it is empty or the row ends before it."""
    text = cells[at] if at < len(cells) else None
    return text.strip() or None if text else None
