"""The terminal itself: lines, progress, and tables of rows. No decisions are made here."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import logging
import math
import re
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated, Any

import duckdb
import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.measure import Measurement
from rich.progress import BarColumn, Progress, SpinnerColumn, Task, TextColumn
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from flows.cli import table_layout
from flows.errors import EntrepotError
from flows.read import empty_answer, invented, published
from flows.read.areas import read_as
from flows.read.opening import open_published
from flows.redaction import legible, legible_json, redacted
from flows.settings import Settings, get_settings
from flows.stopping import lead_nowhere

# Piped output has no width but the one COLUMNS asks for; a log or a README reads better wide than folded at 80.
_WIDTH = None if sys.stdout.isatty() else shutil.get_terminal_size((140, 24)).columns
_SILENT_AT_MOST = 60  # seconds, where no bar can be drawn
_ANY_WIDTH = 10_000  # of a table that is measured, not printed
_LEAST = 1e-9  # below which a number is shown as a power of ten
_FILLED = re.compile(r" +$", re.MULTILINE)
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


class Screen(Console):
    """A console that shows signs of foreign texts a terminal would obey, and obeys none but its own.

    Apostrophes are straight, as in our messages; those of a release are typographic, for the page. What a query
    answers is shown with its own (`is_as_stored`), so that a name can be asked for as it is read.
    """

    goes_on = False
    """Whether a command is under way that goes on where nobody reads what it prints."""

    def __init__(self, *, is_as_stored: bool = False, **how: Any) -> None:
        super().__init__(**how)
        self.is_as_stored = is_as_stored

    def on_broken_pipe(self) -> None:
        """Print nowhere from now on: nobody reads any more, as behind `| head`. What only answers ends with that."""
        lead_nowhere(self.file.fileno())
        if not Screen.goes_on:
            raise SystemExit(1)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """What is drawn, every text of it legible."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(self._shown(segment.text), segment.style)

    def _render_buffer(self, buffer: Iterable[Segment]) -> str:
        """What is written: in a pipe without the blanks that fill a line, but of an answer, which may hold some."""
        written = super()._render_buffer(buffer)
        return written if self.is_terminal or self.is_as_stored else _FILLED.sub("", written)

    def _shown(self, text: str) -> str:
        return legible(text if self.is_as_stored else text.replace("\u2019", "'"))


console = Screen(width=_WIDTH)
answered = Screen(width=_WIDTH, is_as_stored=True)
errors = Screen(stderr=True, width=_WIDTH)


def say(text: str) -> None:
    """Print one line, in which no mark-up is read."""
    console.print(text, markup=False)


def heading(text: str) -> None:
    """Print what begins a part of the output, with a rule behind it where the width has room for one; never cut."""
    if Text.from_markup(text).cell_len + 4 > console.width:
        console.print(f"[bold]{text}[/]", highlight=False)
    else:
        console.rule(text, align="left")


def print_titled(title: str, table: Table) -> None:
    """Print a table under its title, which may be as wide as the screen: rich folds its own at the table's width."""
    console.print(f"[bold]{escape(title)}[/]", highlight=False)
    console.print(table)


def complain(text: str) -> None:
    """Print what went wrong, to standard error, without keys and passwords."""
    with contextlib.suppress(EntrepotError):  # the settings are what is wrong; their own message names no secret
        text = redacted(get_settings(), text)
    errors.print(Text(text, style="bold red"))


def say_what_is_read(*names: str | None) -> None:
    """Say, to standard error, which economy a name is read as that could mean another one."""
    for name in dict.fromkeys(names):
        if name and (said := read_as(name)):
            errors.print(Text(said))


@contextlib.contextmanager
def published_release(settings: Settings, query: str = "") -> Iterator[duckdb.DuckDBPyConnection]:
    """The published release, open for all a verb asks of it.

    Says before anything is shown of its figures that they are invented, where they are.
    """
    with open_published(settings, query) as con:
        if warning := invented.told(con):
            errors.print(Text(warning, style="bold yellow"))
        yield con


class _ProgressHandler(logging.Handler):
    """Draws what the steps log: a line per step, a bar for work that says how much of it is done."""

    def __init__(self, bar: Progress) -> None:
        super().__init__(logging.DEBUG)
        self.bar, self.said_at = bar, time.monotonic()
        self.task = bar.add_task("starting", total=None, is_known=False)

    def emit(self, record: logging.LogRecord) -> None:
        text = escape(record.getMessage())
        if record.levelno >= logging.WARNING:
            errors.print(f"[yellow]warning[/] {text}")
        elif record.levelno >= logging.INFO:
            console.print(f"[dim]{text}[/]")
        if rows := getattr(record, "table", None):
            console.print(table_of(list(rows[0]), [tuple(row.values()) for row in rows]))
        done, total = getattr(record, "progress", (0, None))
        self.bar.update(self.task, description=text, completed=done, total=total, is_known=total is not None)
        self._say_now_and_then(record, f" ({done} of {total})" if total is not None else "")

    def _say_now_and_then(self, record: logging.LogRecord, how_far: str) -> None:
        """A line a minute where no bar can be drawn, so that a log shows that the work goes on, and how far it is."""
        if record.levelno >= logging.INFO:
            self.said_at = time.monotonic()
        elif not errors.is_terminal and time.monotonic() - self.said_at >= _SILENT_AT_MOST:
            self.said_at = time.monotonic()
            errors.print(f"still at it: {escape(record.getMessage())}{how_far}", highlight=False)


class _BarOfKnownWork(BarColumn):
    """The bar, where it is known how much there is to do."""

    def render(self, task: Task) -> Any:
        return super().render(task) if task.fields["is_known"] else Text("")


@contextlib.contextmanager
def progress() -> Iterator[None]:
    """Show what the steps log: a line per step, between them a spinner with the detail and a bar where it is known
    how much there is to do. The steps go on where nobody reads it any more.
    """
    logger = logging.getLogger("entrepot")
    level = logger.level
    columns = (SpinnerColumn(), _BarOfKnownWork(bar_width=30), TextColumn("{task.description}"))
    # where no bar can be drawn, one would leave an empty line in the log
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        handler = _ProgressHandler(bar)
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
        Screen.goes_on = True
        try:
            yield
        finally:
            Screen.goes_on = False
            logger.removeHandler(handler)
            logger.setLevel(level)


def _cell(value: Any) -> Text:
    if value is None:
        return Text("null", style="dim")
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        return Text(str(value))
    if isinstance(value, float | Decimal):
        text = f"{value:,.{_decimals(float(value))}f}".rstrip("0").rstrip(".")
        return Text(text if "." in text or value == int(value) else f"{value:,}")
    return Text(legible(str(value)))


def _decimals(value: float) -> int:
    """Six, of which a number below one would lose digits: it has six besides its leading noughts."""
    return 5 - math.floor(math.log10(abs(value))) if _LEAST <= abs(value) < 1 else 6


def _count(number: int) -> Text:
    return Text(f"{number:,}")


def table_of(
    columns: list[str],
    rows: list[tuple[Any, ...]],
    title: str | None = None,
    width: int | None = None,
    are_counts: bool = False,
) -> Table:
    """A table of rows, numbers to the right, as wide as the screen allows or `width` says.

    `are_counts` is whether whole numbers are counts, with marks of thousands: a year has none.
    """
    values = [[row[i] for row in rows] for i in range(len(columns))]
    laid_out = [
        table_layout.FilledColumn(
            name=name,
            cells=[_count(value) if are_counts and type(value) is int else _cell(value) for value in column],
            is_number=any(isinstance(value, int | float | Decimal) for value in column),
            is_text=all(isinstance(value, str | None) for value in column),
        )
        for name, column in zip(columns, values, strict=True)
    ]
    return table_layout.fit(laid_out, title, console.width if width is None else width)


def show_rows(rows: list[dict[str, Any]]) -> None:
    """Print rows of the same columns as a table."""
    console.print(table_of(list(rows[0]), [tuple(row.values()) for row in rows]))


def number_of_rows(number: int) -> str:
    """How many rows, in words."""
    return counted(number, "row")


def counted(number: int, noun: str) -> str:
    """How many of something, in words."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def print_whole() -> None:
    """Let what is printed arrive whole, or fail. Unbuffered, as PYTHONUNBUFFERED makes it, Python drops in silence what
    a disk that is nearly full has not taken at once.
    """
    if isinstance(getattr(sys.stdout, "buffer", None), io.RawIOBase):
        sys.stdout = open(  # noqa: SIM115  to the end of the process
            sys.stdout.fileno(), "w", 1, encoding=sys.stdout.encoding, errors=sys.stdout.errors, closefd=False
        )


def print_json(value: Any) -> None:
    """Print `value` as JSON, dates and decimals as text and numbers, and as text what JSON has no number for."""
    text = json.dumps(
        _without_infinity(value),
        indent=1,
        default=lambda v: float(v) if isinstance(v, Decimal) else str(v),
        ensure_ascii=False,
    )
    sys.stdout.write(legible_json(text) + "\n")


def _without_infinity(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_infinity(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_infinity(each) for each in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def show_query(settings: Settings, query: str, form: str) -> None:
    """Run one query and print its rows as a table, CSV or JSON."""
    with published_release(settings, query) as con:
        answer = published.ask(con, query)
        show_answer(answer, form)
        say_why_empty(con, query, answer)


def say_why_empty(con: duckdb.DuckDBPyConnection, query: str, answer: published.Answer) -> None:
    """Why a query of the release at `con` gave no rows, where that can be said."""
    if not answer.rows:
        for reason in empty_answer.reasons(con, query):
            errors.print(Text(reason))


def show_answer(answer: published.Answer, form: str) -> None:
    """Print rows as a table, CSV or JSON."""
    if form == "json":
        print_json(answer.records())
    elif form == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(answer.columns)
        writer.writerows(answer.rows)
        # A pipe gets the data as they are; a terminal would obey what is in them.
        sys.stdout.write(legible(text.getvalue()) if sys.stdout.isatty() else text.getvalue())
    else:
        _print_rows(answer)
        console.print(f"[dim]{number_of_rows(len(answer.rows))}[/]")


def show_page(answer: published.Answer, page: Console, is_expanded: bool) -> None:
    """Print rows on a page as wide as they need, or one line per value."""
    if is_expanded:
        _print_values(answer, page)
    else:
        page.print(table_of(answer.columns, answer.rows, width=page.width))
    page.print(f"[dim]{number_of_rows(len(answer.rows))}[/]")


def _print_values(answer: published.Answer, page: Console) -> None:
    room = max(map(len, answer.columns), default=0) + 2
    for number, row in enumerate(answer.rows, start=1):
        page.rule(f"row {number}", align="left")
        for name, value in zip(answer.columns, row, strict=True):
            page.print(Text(f"{name:<{room}}") + _cell(value))


def _print_rows(answer: published.Answer) -> None:
    """A table as wide as it needs where the output is piped; one line per value where a screen is too narrow."""
    table = table_of(answer.columns, answer.rows, width=_ANY_WIDTH)
    natural = Measurement.get(answered, answered.options.update(max_width=_ANY_WIDTH), table).maximum
    if natural <= answered.width:
        answered.print(table)
    elif not sys.stdout.isatty():
        Screen(width=natural, is_as_stored=True).print(table)
    else:
        _print_values(answer, answered)
