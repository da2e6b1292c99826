"""The SQL prompt as a person meets it, in a terminal of its own, and as a pipe does."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import stat
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from flows.cli.prompt import Prompt
from flows.cli.prompt_catalog import Catalog, SqlCompleter
from flows.errors import EntrepotError
from flows.read import published as reading
from flows.read.opening import open_published
from flows.read.published import write_rows
from tests.conftest import Home
from tests.warm_entrepot import ENTREPOT

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()=>][A-Z0-9]?|\r")


def _as_in_a_terminal() -> None:
    """Ctrl-C is heard, also where the tests themselves run in the background, which ignores it."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """A pseudo terminal with `entrepot sql` in it."""

    def __init__(self, home: Home, **environment: str) -> None:
        self.end, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 150, 0, 0))
        variables = {**home.environment, "TERM": "xterm", "LESS": "-E", **environment}
        del variables["COLUMNS"]
        self.process = subprocess.Popen(
            [ENTREPOT, "sql"], stdin=child, stdout=child, stderr=child, env=variables, start_new_session=True,
            preexec_fn=_as_in_a_terminal,
        )  # fmt: skip
        os.close(child)
        self.said = ""

    def type(self, text: str) -> None:
        os.write(self.end, text.encode())

    def answer(self, text: str) -> None:
        """Type when the next prompt is there: what comes before it may lose a letter on its way."""
        self.until("entrepot>")
        self.type(text)

    def until(self, wanted: str, seconds: float = 60) -> str:
        """What was printed since the last call, up to and with `wanted`."""
        deadline = time.monotonic() + seconds
        while wanted not in self.said:
            assert time.monotonic() < deadline, f"{wanted!r} never came: {self.said[-2000:]!r}"
            if select.select([self.end], [], [], 0.2)[0]:
                try:
                    said = os.read(self.end, 65536).decode(errors="replace")
                except OSError:  # the other end is closed
                    said = ""
                if "\x1b[6n" in said:
                    self.type("\x1b[1;1R")  # where the cursor is, as a terminal answers
                self.said += _CONTROL.sub("", said)
        before, _, self.said = self.said.partition(wanted)
        return before + wanted

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.end)


@pytest.fixture
def home(published: Home, tmp_path: Path) -> Home:
    return published.copy_without_exports(tmp_path / "home")


@pytest.fixture
def terminal(home: Home) -> Iterator[Terminal]:
    opened = Terminal(home)
    opened.until("entrepot>")
    yield opened
    opened.close()


def test_a_person_asks_and_is_answered(terminal: Terminal, home: Home) -> None:
    terminal.type("select 40 +\r2 as answer;\r")
    assert "│     42 │" in terminal.until("1 row\n")
    terminal.answer("\\d marts.target_progress\r")
    assert re.search(r"required_cagr_pct .* percent +│ Yearly growth needed", terminal.until("30 rows"))
    terminal.answer("\\x\r")
    terminal.until("One line per value: on.")
    terminal.answer("\\timing\r")
    terminal.until("Timing: on.")
    terminal.answer("select 'CHN' as reporter_code, 5 as n;\r")
    assert re.search(r"reporter_code +CHN\n", terminal.until(" ms"))
    terminal.answer("\\chart\r")
    terminal.until("CHN ██████")
    terminal.answer("select reporter from marts.partner_rank;\r")
    terminal.until('Binder error at line 1, column 8: Referenced column "reporter" not found')
    terminal.answer("drop table marts.partner_rank;\r")
    terminal.until("read-only mode")
    terminal.answer("\\nonsense\r")
    terminal.until("There is no command \\nonsense")
    terminal.answer("\\q\r")
    assert terminal.process.wait(30) == 0
    assert "required" not in (home.settings.sql_history).read_text(encoding="utf-8")
    assert "+select 40 +\n+2 as answer;" in home.settings.sql_history.read_text(encoding="utf-8")


def test_ctrl_c_before_the_query_has_begun_ends_it_too(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = reading.ask

    def slow_to_begin(*arguments: object, **more: object) -> reading.Answer:
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        time.sleep(0.5)
        return ask(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "ask", slow_to_begin)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # tests in the background ignore it
    begun = Prompt(home.settings, "table")
    try:
        with open_published(home.settings) as con:
            assert begun._ask(con, "select sum(a.range * b.range) from range(100000000) a, range(10000000) b") is None
    finally:
        signal.signal(signal.SIGINT, before)


def test_ctrl_c_ends_a_query_and_not_the_prompt(terminal: Terminal) -> None:
    terminal.type("select sum(a.range * b.range) from range(100000000) a, range(10000000) b;\r")
    terminal.until("range(10000000) b;")
    time.sleep(1)
    terminal.type("\x03")
    terminal.until("Cancelled.", seconds=20)
    terminal.answer("select 7 as still_there;\r")
    terminal.until("1 row\n")


def test_a_release_published_in_between_answers_the_next_statement(terminal: Terminal, home: Home) -> None:
    question = "select count(*) as n_flows from core.dim_flow;\r"
    terminal.type(question)
    terminal.until("11 │")
    old = home.settings.published.resolve()
    new = old.parent.parent / "20990101T000000000-abcd" / old.name
    new.parent.mkdir()
    new.write_bytes(old.read_bytes())
    with duckdb.connect(str(new)) as con:
        con.execute("delete from core.dim_flow where flow_code <> 'X'")
    link = home.settings.published.with_name("next")
    link.symlink_to(new)
    link.replace(home.settings.published)
    terminal.answer(question)
    terminal.until("  1 │")


@pytest.mark.parametrize("name", ["all.csv", "all.parquet"])
def test_the_whole_result_goes_into_a_file(published: Home, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    done = piped(published, f"select * from marts.partner_rank -- all of it\n;\n\\o {path}\n", "--csv")
    assert done.returncode == 0, done.stderr
    with duckdb.connect(str(published.settings.published), read_only=True) as con:
        rows = con.execute("select count(*) from marts.partner_rank").fetchone()
        assert con.execute(f"select count(*) from '{path}'").fetchone() == rows


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_query_that_fails_half_way_leaves_the_file_that_is_there(
    published: Home, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"mine.{suffix}"
    path.write_text("figures of last year")
    late = "select case when range = 999999 then error('no such year') else range::varchar end from range(1000000)"
    with pytest.raises(EntrepotError, match="no such year"):
        write_rows(published.settings, late, path)
    assert path.read_text() == "figures of last year"
    assert list(tmp_path.iterdir()) == [path]
    linked = tmp_path / f"linked.{suffix}"
    linked.symlink_to(path)
    assert write_rows(published.settings, "select 1 as one", linked) == 1
    assert linked.is_symlink()
    assert duckdb.sql(f"from '{path}'").fetchall() == [(1,)]
    with pytest.raises(EntrepotError, match="is a folder; name a file in it"):
        write_rows(published.settings, "select 1 as one", tmp_path)


def test_the_history_is_readable_by_its_owner_alone_from_the_start(published: Home) -> None:
    history = published.settings.sql_history
    history.unlink(missing_ok=True)
    with create_pipe_input() as typed, create_app_session(input=typed, output=DummyOutput()):
        Prompt(published.settings, "table").session()
    assert stat.S_IMODE(history.stat().st_mode) == 0o600


def piped(home: Home, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ENTREPOT, "sql", *options], input=text, env=home.environment, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip


def test_a_pipe_needs_no_semicolon_and_stops_at_the_first_mistake(published: Home) -> None:
    assert piped(published, "select 1 as one", "--csv").stdout == "one\n1\n"
    done = piped(published, "select 1 as one; select foo; select 3 as three", "--csv")
    assert (done.returncode, done.stdout) == (1, "one\n1\n")
    assert "Binder error at line 1, column" in done.stderr


@pytest.mark.parametrize("sql", ["copy (select 1) to '{path}'", "select * from read_text('/etc/hostname')"])
def test_no_query_reaches_another_file(published: Home, tmp_path: Path, sql: str) -> None:
    path = tmp_path / "out.csv"
    done = piped(published, sql.format(path=path))
    assert done.returncode == 1
    assert "reaches no other file" in " ".join(done.stderr.split())
    assert not path.exists()
    allowed = piped(published, f"select 1 as one;\nselect * from read_text('/etc/hostname');\n\\o {path}")
    assert allowed.returncode == 1


@pytest.fixture(scope="module")
def completer(published: Home) -> SqlCompleter:
    with open_published(published.settings) as con:
        return SqlCompleter(Catalog(con))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("sel", "select"),
        ("\\t", "\\timing"),
        ("\\d marts.target", "marts.target_progress"),
        ("select * from marts.claim_c", "marts.claim_check"),
        ("select * from partner_ra", "marts.partner_rank"),
        ("select * from core.trade_a", "core.trade_asof"),
        ("select * from marts.partner_rank as r where r.rank_be", "r.rank_best"),
        ("select * from marts.target_progress where required", "required_cagr_pct"),
    ],
)
def test_tab_completes(completer: SqlCompleter, text: str, first: str) -> None:
    found = list(completer.get_completions(Document(text), CompleteEvent(completion_requested=True)))
    assert found[0].text == first
    word = re.search(r"\\?[\w.]*$", text)
    assert word is not None
    assert found[0].start_position == -len(word[0])


@pytest.mark.parametrize(
    "query",
    [
        "pragma enable_profiling", "set timezone = 'UTC'", "pragma enable_progress_bar", "use marts",
        "set schema = 'core'", "set variable year = 2021", "begin", "prepare of_year as select 1",
    ],
)  # fmt: skip
def test_what_would_be_for_a_later_query_is_refused_in_a_sentence(published: Home, query: str) -> None:
    """Profiling printed a drawing over the answer, and all else ended with the query that made it, in silence."""
    result = published.entrepot("sql", query, "--json")
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Nothing a query sets or begins stays for the next: each has a connection of")


def test_lines_in_a_pipe_end_with_what_they_say_and_answers_with_what_is_stored(published: Home) -> None:
    for verb in (("profile", "EUU", "RUS"), ("claims",), ("status",)):
        printed = published.entrepot(*verb).stdout.splitlines()
        assert [line for line in printed if line != line.rstrip()] == [], verb
    assert published.entrepot("sql", "select 'a  ' as b", "--csv").stdout == "b\na  \n"


def test_a_small_number_keeps_its_digits(published: Home) -> None:
    said = published.entrepot("sql", "select 0.0001234 as a, -0.00123456789::double as b, 1e-7 as c, 0.5 as d").stdout
    row = next(line for line in said.splitlines() if "0.0001234" in line)
    assert [cell.strip() for cell in row.strip("\u2502").split("\u2502")] == [
        "0.0001234",
        "-0.00123457",
        "0.0000001",
        "0.5",
    ]
