"""`entrepot sql` without a query: a prompt for people, a plain reader for pipes. Read-only either way.

Each statement opens the published file anew, so a release published in between answers the next one.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import duckdb
from prompt_toolkit import PromptSession
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import PygmentsLexer
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style
from pygments.lexers.sql import PostgresLexer
from rich.console import Console
from rich.text import Text

from flows.cli import chart, terminal
from flows.cli.prompt_catalog import COMMANDS, Catalog, SqlCompleter
from flows.errors import EntrepotError
from flows.privacy import open_private
from flows.read import published
from flows.read.opening import open_published
from flows.settings import Settings

_MOST_ROWS = 10_000
_STYLE = Style.from_dict(
    {
        "prompt": "bold ansicyan",
        "pygments.keyword": "bold ansiblue",
        "pygments.literal.string": "ansigreen",
        "pygments.literal.string.single": "ansigreen",
        "pygments.literal.number": "ansimagenta",
        "pygments.comment": "italic ansibrightblack",
        "bottom-toolbar": "noreverse ansibrightblack",
    }
)


def open_prompt(settings: Settings, form: str) -> None:
    """Ask for statements until the person leaves; from a pipe, run what it holds and stop at the first mistake."""
    prompt = Prompt(settings, form)
    with terminal.published_release(settings):
        pass  # says what is so of the release before the first answer
    if not sys.stdin.isatty():
        for statement in statements(sys.stdin.read()):
            prompt.run(statement)
        return
    session = prompt.session()
    terminal.console.print(
        "Read-only. A query ends with a semicolon; [bold]\\?[/] lists the commands, Tab completes, Ctrl-D leaves."
    )
    while not prompt.is_over:
        try:
            text = session.prompt()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        for statement in statements(text):
            try:
                prompt.run(statement)
            except KeyboardInterrupt:
                terminal.complain("Cancelled.")
                break
            except EntrepotError as error:
                terminal.complain(str(error))
                break


def is_complete(text: str) -> bool:
    """Whether Enter ends the input: a command, nothing, or statements of which the last has its semicolon."""
    stripped = text.strip()
    if not stripped or stripped.startswith("\\"):
        return True
    try:
        last = duckdb.tokenize(stripped)
        duckdb.extract_statements(stripped)
    except duckdb.Error as error:
        return stripped.endswith(";") and "unterminated" not in str(error)
    return stripped.endswith(";") and not (last and last[-1][1] == duckdb.token_type.comment)


def statements(text: str) -> list[str]:
    """Commands, one a line, and SQL statements, in order; a text DuckDB cannot split stays one statement."""
    parts: list[str] = []
    sql: list[str] = []
    for line in [*text.splitlines(), "\\"]:
        if not line.lstrip().startswith("\\"):
            sql.append(line)
            continue
        parts += _split("\n".join(sql))
        sql = []
        parts += [line.strip()] if line != "\\" else []
    return parts


def _split(sql: str) -> list[str]:
    try:
        return [part.query.strip() for part in duckdb.extract_statements(sql)]
    except duckdb.Error:
        return [sql]


class Prompt:
    """The state of one sitting: the last result, and how results are shown."""

    def __init__(self, settings: Settings, form: str) -> None:
        self.settings, self.form = settings, form
        self.is_over = self.is_expanded = self.is_timed = False
        self.last: tuple[str, published.Answer] | None = None
        self._known: tuple[Path, Catalog] | None = None

    def session(self) -> PromptSession[str]:
        """The line editor: history in the warehouse, colours, completion, Enter that ends only what is complete."""
        keys = KeyBindings()

        @keys.add("enter")
        def _(event: KeyPressEvent) -> None:
            buffer = event.current_buffer
            if buffer.complete_state and buffer.complete_state.current_completion:
                buffer.complete_state = None
            elif is_complete(buffer.text):
                buffer.validate_and_handle()
            else:
                buffer.insert_text("\n")

        open_private(self.settings.sql_history, "a").close()  # the history itself would be made for all to read
        return PromptSession(
            [("class:prompt", "entrepot> ")],
            multiline=True,
            prompt_continuation="     ...> ",
            history=FileHistory(str(self.settings.sql_history)),
            lexer=PygmentsLexer(PostgresLexer),
            completer=SqlCompleter(self.catalog),
            complete_while_typing=False,
            key_bindings=keys,
            style=_STYLE,
            color_depth=ColorDepth.MONOCHROME if terminal.console.no_color else None,
            bottom_toolbar=lambda: f"release {self.settings.published.resolve().parent.name}   read-only   \\? help",
        )

    @property
    def catalog(self) -> Catalog:
        """Tables and columns of the release that is published now."""
        release = self.settings.published.resolve()
        if self._known is None or self._known[0] != release:
            with open_published(self.settings) as con:
                self._known = (release, Catalog(con))
        return self._known[1]

    def run(self, statement: str) -> None:
        """One command or SQL statement; Ctrl-C ends the query alone. Raises EntrepotError with what is wrong."""
        if statement.startswith("\\"):
            self._command(statement)
            return
        started = time.monotonic()
        with open_published(self.settings, statement) as con:
            answer = self._ask(con, statement)
            if answer is None:
                terminal.complain("Cancelled.")
                return
            self.last = (statement, answer)
            self._show(answer)
            terminal.say_why_empty(con, statement, answer)
        if self.is_timed:
            terminal.console.print(f"[dim]{(time.monotonic() - started) * 1000:,.0f} ms[/]")

    def _ask(self, con: duckdb.DuckDBPyConnection, sql: str) -> published.Answer | None:
        """The answer, or None if the person ended the query: it runs beside, so that Ctrl-C finds somebody at home."""
        most = _MOST_ROWS if self._is_for_people else None
        with ThreadPoolExecutor(1) as beside:
            running = beside.submit(published.ask, con, sql, most=most)
            try:
                return running.result()
            except KeyboardInterrupt:
                while not running.done():  # once is not enough: there may be no query yet to be interrupted
                    con.interrupt()
                    wait([running], timeout=0.1)
                return None

    @property
    def _is_for_people(self) -> bool:
        return self.form == "table" and sys.stdout.isatty()

    def _command(self, text: str) -> None:
        name, _, argument = text.partition(" ")
        argument = argument.strip().rstrip(";").strip()
        if name == "\\q":
            self.is_over = True
        elif name == "\\?":
            self._show(published.Answer(["command", "what it does"], list(COMMANDS.items())), is_text=True)
        elif name == "\\d":
            self._describe(argument)
        elif name == "\\x":
            self.is_expanded = not self.is_expanded
            terminal.say(f"One line per value: {'on' if self.is_expanded else 'off'}.")
        elif name == "\\timing":
            self.is_timed = not self.is_timed
            terminal.say(f"Timing: {'on' if self.is_timed else 'off'}.")
        elif name == "\\chart":
            colour = sys.stdout.isatty() and not terminal.console.no_color
            sys.stdout.write(chart.draw(self._last()[1], terminal.console.width, is_coloured=colour))
        elif name == "\\o":
            self._write(argument)
        else:
            raise EntrepotError(f"There is no command {name}; \\? lists them.")

    def _last(self) -> tuple[str, published.Answer]:
        if self.last is None:
            raise EntrepotError("There is no result yet; run a query first.")
        return self.last

    def _describe(self, name: str) -> None:
        if not name:
            with open_published(self.settings) as con:
                self._show(self.catalog.overview(con), is_text=True)
            return
        text, columns = self.catalog.describe(name)
        terminal.console.print(Text(text))
        self._show(columns, is_text=True)

    def _write(self, name: str) -> None:
        """The last query once more, all of its rows, into a file."""
        path = Path(name).expanduser().resolve()
        if path.suffix not in (".csv", ".parquet"):
            raise EntrepotError("Name a file that ends in .csv or .parquet, such as \\o trade.csv.")
        rows = published.write_rows(self.settings, self._last()[0], path)
        terminal.say(f"Wrote {terminal.number_of_rows(rows)} to {path}.")

    def _show(self, answer: published.Answer, is_text: bool = False) -> None:
        """Print, through `less` what is larger than the screen; text is folded to fit, figures never are."""
        if not self._is_for_people:
            terminal.show_answer(answer, self.form)
            return
        with _paged(is_folded=self.is_expanded or is_text) as page:
            terminal.show_page(answer, page, self.is_expanded and not is_text)
        if len(answer.rows) == _MOST_ROWS:
            terminal.say(f"Only the first {_MOST_ROWS} rows are shown; \\o FILE writes all of them.")


@contextlib.contextmanager
def _paged(is_folded: bool) -> Iterator[Console]:
    """A console as wide as what is printed needs; what it holds goes to the screen or, where it is larger, to less."""
    screen = terminal.console
    page = terminal.Screen(
        width=screen.width if is_folded else 10_000, force_terminal=True, no_color=screen.no_color, is_as_stored=True
    )
    with page.capture() as captured:
        yield page
    text = captured.get()
    lines = text.splitlines()
    is_larger = len(lines) > screen.height - 2 or any(len(Text.from_ansi(line)) > screen.width for line in lines[:3])
    less = shutil.which("less")
    if is_larger and less:
        subprocess.run([less, "-FRSX"], input=text, text=True, check=False)
    else:
        sys.stdout.write(text)
