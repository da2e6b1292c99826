"""A run with texts that are meant to be obeyed, in the names, headers and values of files and in a contract.

Nothing is written or read outside the warehouse, and no output holds a script, an escape or a secret. That no
spreadsheet calculates is tested where the workbook (test_workbook) and the CSV of the page (test_page) are made.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path

import pytest

from flows.ledger import Ledger
from flows.releases import summary
from tests.conftest import Home
from tests.hostile import BACI, GOOD
from tests.own_contract import own_contract, write_contract
from tests.warm_entrepot import ENTREPOT

SECRET, CANARY = "key-4711-of-the-test", "what-the-canary-sings"
MARK = "alert(4711)"
CORPUS = [
    f"<script>{MARK}</script>",
    f"<img src=x onerror={MARK}>",
    f'"><svg onload={MARK}>',
    f"</script><script>{MARK}</script>",
    f"javascript:{MARK}",
    f'=HYPERLINK("javascript:{MARK}")',
    "=cmd|'/c calc'!A1",
    "+1+cmd|' /c calc'!A1",
    "-2+3+cmd|' /c calc'!A1",
    "@SUM(1+1)",
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31m\u202edecap",
    "[bold red]x[/] [link=http://evil]y[/link]",
    "{{ env_var('ENTREPOT_COMTRADE_KEY') }}",
    "{% set x = 1 %}{# y",
    "${ENTREPOT_COMTRADE_KEY} $(touch canary) `touch canary`",
    "'; drop table raw.file; --",
    "' union select content from read_text('CANARY') --",
    "file://CANARY",
    "../../../../canary",
    f"![x](javascript:{MARK}) | a | <b>",
    "{settings.comtrade_key} %(comtrade_key)s {0.__class__}",
    "\\u003cscript\\u003e",
]
NAMES = ["<img src=x onerror=alert(4711)>.csv", "=cmd|' calc'!A1.csv", "{{ env_var('ENTREPOT_COMTRADE_KEY') }}.csv",
         "![x](a) | b.csv", "..%2f..%2fcanary.csv", "[bold red]x.csv", "$(touch canary)`touch canary`.csv",
         "'; drop table raw.file; --.csv", "\x1b[31mred\x07\n.csv", "turned\u202evsc.csv"]  # fmt: skip
FREE = ("event_name", "imposing_party", "target", "publisher", "title", "url", "subject_text", "said_by", "note",
        "scope_text", "announced_by", "claimed_unit_text")  # fmt: skip
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
TABLE = """
description: "One row per code. HOSTILE"
config: {meta: {key: [code], on_failure: stand_in, format: csv}}
columns:
  - {name: code, data_type: varchar, description: "Code. HOSTILE", config: {meta: {header: "HS code"}}}
  - {name: said, data_type: varchar, description: "Text.", config: {meta: {header: "=said"}}}
"""


class Elements(HTMLParser):
    """What a browser would make of a page: its elements with their attributes, and the texts of its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1][0] == "script":
            self.scripts.append(data.strip())


def obeyed(page: str) -> Iterator[str]:
    """What in a page would be run."""
    elements = Elements(page)
    yield from (text for text in elements.scripts if text.startswith(MARK))
    for tag, attributes in elements.found:
        for name, value in attributes.items():
            if (name.startswith("on") and MARK in value) or value.strip().lower().startswith(("javascript:", "file:")):
                yield f"<{tag} {name}={value}>"


def spoil(home: Home, canary: Path) -> None:
    """Put the corpus into all free texts of the press record, into files in the inbox, and into a contract."""
    texts = cycle(text.replace("CANARY", str(canary)) for text in CORPUS)
    for path in (home.folder / "bundled" / "press_record").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        for row in rows:
            row.update({name: next(texts) for name in FREE if row.get(name)})
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    inbox = home.settings.inbox
    (inbox / "mine").mkdir(parents=True)
    for name in NAMES:
        (inbox / name).write_bytes(BACI)
    header = "t,i,j,k,v,q,{{ env_var('ENTREPOT_COMTRADE_KEY') }},=cmd,<script>alert(4711)</script>"
    (inbox / f"{GOOD}.csv").write_text(f"{header}\n2021,156,643,270900,12.5,1.25,a,b,c\n", encoding="utf-8")
    table = io.StringIO()
    writing = csv.writer(table)
    writing.writerows([("HS code", "=said"), *((text, text) for text in CORPUS)])
    (inbox / "mine" / "<svg onload=alert(4711)>.csv").write_text(table.getvalue(), encoding="utf-8")
    said = f"<script>{MARK}</script> =cmd|'/c calc'!A1 ![x](javascript:{MARK})"
    contract = own_contract(TABLE.replace("HOSTILE", said))
    write_contract(home.settings, contract.replace("publisher: Me", f'publisher: "<script>{MARK}</script>"'))


@pytest.fixture(scope="module")
def ran(published: Home, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, str, list[Path]]:
    """A warehouse after the run, all that commands said, and what lay beside the warehouse before."""
    folder = tmp_path_factory.mktemp("injection")
    home = published.copy(folder / "home")
    canary = folder / "canary"
    canary.write_text(CANARY, encoding="utf-8")
    spoil(home, canary)
    before = beside(folder)
    environment = {**home.environment, "ENTREPOT_COMTRADE_KEY": SECRET, "FORCE_COLOR": ""}
    said = ""
    for arguments in (
        ("run",), ("status",), ("sources",), ("claims", "--all"), ("claims", "--all", "--json"), ("accepted",),
        ("profile", "RUS", "CHN"), ("explain", "146.88"), ("sql", "from core.fct_event"),
        ("sql", "from core.fct_statement"),
        ("sql", "from raw.stg_mine__trade"), ("doctor",),
    ):  # fmt: skip
        done = subprocess.run(
            [ENTREPOT, *arguments], env=environment, cwd=folder, capture_output=True, timeout=900, check=False
        )
        told = (done.stdout + done.stderr).decode("utf-8", "surrogateescape")
        if arguments == ("run",):
            assert done.returncode in (0, 3), told
        assert "Traceback" not in told, (arguments, told)
        said += told
    return home, said, before


def beside(folder: Path) -> list[Path]:
    """Everything but what is in the warehouse."""
    warehouse = folder / "home" / "warehouse"
    return sorted(path for path in folder.rglob("*") if warehouse not in (path, *path.parents))


def exported(home: Home, *endings: str) -> Iterator[tuple[Path, str]]:
    for path in home.settings.export.rglob("*"):
        if path.is_file() and path.suffix in endings:
            yield path, path.read_text(encoding="utf-8")


def test_it_is_all_there_and_shown_as_text(ran: tuple[Home, str, list[Path]]) -> None:
    home, said, _ = ran
    assert "published" in said
    assert r"\x1b[2J" in said, "an escape is written out"
    assert "[bold red]x[/]" in said, "and mark-up is shown"
    pages = " ".join(text for _, text in exported(home, ".html"))
    assert MARK in pages, "the corpus has come as far as the pages"
    assert json.loads(next(home.settings.runs.glob("2*.json")).read_text(encoding="utf-8"))


def test_a_terminal_gets_no_escape(ran: tuple[Home, str, list[Path]]) -> None:
    assert sorted(set(OBEYED.findall(ran[1]))) == []


def test_a_browser_runs_nothing(ran: tuple[Home, str, list[Path]]) -> None:
    found = {str(path): bad for path, text in exported(ran[0], ".html") if (bad := list(obeyed(text)))}
    assert found == {}
    assert list(obeyed(f"<a href=' JavaScript:{MARK}'>x</a><script> {MARK}</script><b onclick='{MARK}'>")) != []


def test_the_summary_in_the_prefect_ui_is_text(ran: tuple[Home, str, list[Path]]) -> None:
    home, _, _ = ran
    run = Ledger(home.settings).runs()[-1]
    text = summary.markdown(home.settings, run)
    assert "4711" in text
    assert not re.search(r"(?<!\\)<(script|img|svg)|(?<!\\)\]\(javascript:", text)
    assert not OBEYED.search(text)


def test_nothing_is_written_or_read_elsewhere_and_no_secret_is_told(ran: tuple[Home, str, list[Path]]) -> None:
    home, said, before = ran
    assert beside(home.folder.parent) == before
    for secret in (SECRET, CANARY):
        assert secret not in said
        for path in home.settings.warehouse.rglob("*"):
            if path.is_file() and not path.is_symlink() and path.stat().st_size < 50_000_000:
                assert secret.encode() not in path.read_bytes(), path
