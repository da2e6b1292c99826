"""What a section is made of: sentences, charts with their data, tables with a source behind every row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, NamedTuple

from flows.read.invented import COLUMN, PREFIX
from flows.read.wording.names import sentence_case

Row = dict[str, Any]
_LETTERS_OF_A_LINE = 60  # a longer text in a table is broken into several


class Origin(NamedTuple):
    """Where one figure comes from, as a reader wants it: in words, with the address it was retrieved from.

    Where no such address is known, `home` is the publisher's page, from which nothing was retrieved.
    """

    figure: str
    publishers: tuple[str, ...]
    licences: tuple[str, ...]
    may_be_passed_on: bool
    rule: str = ""
    period: str = ""
    vintage: str = ""
    title: str = ""
    address: str = ""
    path: str = ""
    line: str = ""
    home: str = ""

    @property
    def file(self) -> str:
        """The raw file, and the line in it."""
        return f"{self.path}, line {self.line}" if self.line else self.path

    @property
    def terms(self) -> str:
        """The licences as a sentence, so that another may follow."""
        return sentence_case(f"{'; '.join(self.licences).rstrip('.')}.")


@dataclass(frozen=True)
class Sentence:
    """One sentence, and the origins of the figures in it."""

    text: str
    origins: tuple[Origin, ...] = ()


class Cell(NamedTuple):
    """One cell of a table: its text, whether it is a number, and whether it says that something is missing."""

    text: str
    is_number: bool = False
    is_missing: bool = False
    mark: str = ""


@cache
def _kind(is_of_numbers: bool, is_long: bool, is_missing: bool, mark: str) -> str:
    """How a style sheet calls a cell."""
    kinds = (is_of_numbers and "n", is_long and "long", is_missing and "missing", mark)
    return " ".join(kind for kind in kinds if kind)


class Line(NamedTuple):
    """One row of a table. The first cell names it."""

    cells: tuple[Cell, ...]
    origins: tuple[Origin, ...] = ()

    @property
    def name(self) -> str:
        """What the row is about."""
        return self.cells[0].text


@dataclass(frozen=True)
class Table:
    """A table: a caption with the unit, the heads of its columns, its rows. It is open where no chart shows them."""

    caption: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    is_open: bool = False

    @property
    def has_origins(self) -> bool:
        """Whether any row has a source to show."""
        return any(line.origins for line in self.lines)

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold numbers."""
        return tuple(any(line.cells[at].is_number for line in self.lines) for at in range(len(self.heads)))

    def drawn(self) -> Iterator[tuple[Line, list[str]]]:
        """Each line, and how a style sheet calls the kinds of its cells after its name."""
        numeric = self.numeric[1:]
        for line in self.lines:
            cells = zip(line.cells[1:], numeric, strict=True)
            yield (
                line,
                [_kind(n, len(text) > _LETTERS_OF_A_LINE, missing, mark) for (text, _, missing, mark), n in cells],
            )


@dataclass(frozen=True)
class Chart:
    """A chart: the kind that charts.js draws, its data, a title, a sentence that says what is to be seen.

    `rows` are what is drawn and what the CSV beside the chart holds. `setting` is what the drawing needs besides,
    such as names, units and targets. A shared chart is the same for many pairs, and has a file of its own.
    """

    name: str
    kind: str
    title: str
    summary: str
    rows: list[Row]
    setting: Row = field(default_factory=dict)
    height: int = 360
    is_wide: bool = True
    is_shared: bool = False


@dataclass(frozen=True)
class Section:
    """A part of the page. `rule` says in words what the reader must know of missing values here."""

    name: str
    title: str
    sentences: tuple[Sentence, ...]
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    rule: str = ""
    standfirst: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show but sentences that say what is missing."""
        return not self.charts and not self.tables


def of_other_code(section: Section) -> Section:
    """`section` of a release that lacks what is read for it: nothing but that."""
    said = (
        "This release was made by another version of Entrep\u00f4t. It lacks a column that this part of the page reads."
    )
    return Section(section.name, section.title, (Sentence(said),))


def marked_as_invented(section: Section) -> Section:
    """`section` with every title, and every row of its data, saying that its figures are invented."""
    charts = (
        replace(chart, title=f"{PREFIX}{chart.title}", rows=[{**row, COLUMN: True} for row in chart.rows])
        for chart in section.charts
    )
    tables = (replace(table, caption=f"{PREFIX}{table.caption}") for table in section.tables)
    return replace(section, title=f"{PREFIX}{section.title}", charts=tuple(charts), tables=tuple(tables))
