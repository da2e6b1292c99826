"""Every reader of foreign bytes against mutations of what it reads: refused in the project's own words, or read.

The examples are bounded and always the same; `python -m tests.unit.test_fuzz 5000` tries more of each, and others.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import py7zr
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.contracts import Table, load_contracts
from flows.errors import FileRefused
from flows.formats.bounds import within
from flows.formats.dropped import Dropped
from flows.formats.html_table import HtmlPage
from flows.inbox.own.sample import read_sample
from flows.inbox.recognition import recognise
from flows.settings import ROOT, Settings
from flows.steps.landing.one_pass import _readable
from flows.steps.landing.parse import news, parse
from tests.fuzz.mutations import TOKENS
from tests.hostile import BACI, GOOD, workbook_of, zip_of

FIXTURES = ROOT / "tests" / "fixtures"
SETTINGS = Settings.alone(warehouse=Path(tempfile.gettempdir()) / "entrepot-fuzz", largest_unpacked_mb=200)
CONTRACTS = load_contracts(SETTINGS.contracts)
TABLES = {
    f"{table.source}.{table.name}": table
    for source in CONTRACTS.values()
    for table in source.tables
    if source.hosts or not table.is_tabular
} | {"baci.trade_year": CONTRACTS["baci"].table("trade_year")}


def mutated(content: bytes) -> st.SearchStrategy[bytes]:
    """`content` with up to four places cut out, said twice, overwritten or filled with a token."""
    place = st.integers(0, len(content))
    change = st.tuples(place, place, st.sampled_from(("cut", "twice", "token", "byte")), st.sampled_from(TOKENS))

    def apply(changes: list[tuple[int, int, str, bytes]]) -> bytes:
        made = content
        for first, last, how, token in changes:
            first, last = min(first, last), max(first, last)
            part = {"cut": b"", "twice": made[first:last] * 2, "token": made[first : first + 2] + token}.get(how)
            if part is None:  # a byte of the part, turned over
                part = bytes([made[first] ^ 1 << last % 8]) + made[first + 1 : last] if first < len(made) else b""
            made = made[:first] + part + made[last if how != "token" else first + 2 :]
        return made

    return st.lists(change, min_size=1, max_size=4).map(apply)


def example(table: Table) -> bytes:
    """A file of a table as its contract has it, or nearly."""
    known = {
        "comtrade_api.trade": FIXTURES / "comtrade_api" / "trade.jsonl",
        "imf_imts.partner_trade": FIXTURES / "imf_imts" / "partner_trade.csv",
        "gacc.preliminary_country": FIXTURES / "gacc" / "month.html",
    }.get(f"{table.source}.{table.name}")
    if known:
        return known.read_bytes()
    row = {column.header: "1" for column in table.columns}
    if table.separator:
        mark = table.separator
        return f"{mark.join(row)}\n{mark.join(row.values())}\n{mark.join(row.values())}\n".encode()
    made: dict[str, object] = {
        "comtrade_api": {"count": 1, "data": [{"notes": [row], **row}], "error": ""},
        "comtrade_reference": {"classCode": "HS", "results": [row, row]},
        "census": [list(row), list(row.values()), ["-", *list(row.values())[1:]]],
        "world_bank": [
            {"page": 1, "pages": 1, "total": 1, "lastupdated": "2026-01-01"},
            [
                {"indicator": {"id": "A", "value": "B"}, "country": {"id": "C", "value": "D"}, "countryiso3code": "CHN"}
                | {"date": "2020", "value": 1.5, "obs_status": ""}
            ],
        ],
    }
    if table.source in made:
        return json.dumps(made[table.source]).encode()
    if table.format == "xml":
        record = '<Record Date="04.04.2025" Id="R01235"><Nominal>1</Nominal><Value>84,2</Value></Record>'
        return f'<?xml version="1.0" encoding="windows-1251"?><ValCurs ID="R01235">{record * 2}</ValCurs>'.encode()
    titles = {
        "preliminary_commodity": "(4)Major Exports by Quantity and Value, Mar 2026 (in USD)",
        "country": "Value of Imports and Exports by Country (Region) of Origin, 3.2026",
        "division": "Value of Imports and Exports by HS Section and Division, 3.2026",
    }
    rows = "".join(f"<tr><td>{label}" + "<td>1,000.5" * 9 + "</tr>" for label in ("Total", "Grain*", "Section I", "01"))
    return f"<title>{titles[table.name]}</title><table><tr><td>Unit: US$1,000{rows}</table>".encode()


def tried(settings_: Settings, name: str, content: bytes, *uses: Callable[[Path], object]) -> None:
    """Use a file of this name and content in every way; whatever is raised but a refusal is a fault."""
    with within(settings_), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        for use in uses:
            with contextlib.suppress(FileRefused):
                use(path)


def landing_of(table: Table) -> Iterator[Callable[[Path], object]]:
    """The ways a raw file is read when it lands: in one pass, with care, and for its names."""

    def in_one_pass(path: Path) -> None:
        with _readable(table, path):
            pass

    def with_care(path: Path) -> None:
        with duckdb.connect(config={"threads": 1}) as con:
            parse(con, table, path)

    yield in_one_pass
    yield with_care
    yield lambda path: news(table, path)


def fuzz(data: st.DataObject, name: str) -> None:
    table = TABLES[name]
    content = data.draw(mutated(example(table)))
    suffix = "data.json" if table.format == "json" else table.format
    tried(SETTINGS, f"0123456789ab.{suffix}", content, *landing_of(table))


@pytest.mark.parametrize("name", TABLES)
@settings(max_examples=12, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_a_raw_file_is_read_or_refused(name: str, data: st.DataObject) -> None:
    fuzz(data, name)


def seven_zip_of(content: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.7z"
        with py7zr.SevenZipFile(path, "w") as archive:
            archive.writestr(content, "full_v2_202401.dat")
        return path.read_bytes()


ROW = '<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="b"><v>1</v></c><c r="C2"><f>A2+1</f><v>2</v></c></row>'
PACKED = {
    f"{GOOD}.csv": BACI,
    f"{GOOD}.csv.gz": gzip.compress(BACI),
    f"{GOOD}.zip": zip_of((f"{GOOD}.csv", BACI), ("Readme.txt", "about")),
    "trade.xlsx": workbook_of(ROW, ("HS code", "Flow", "Value")),
    "trade.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 8,
    "full_v2_202401.csv.7z": seven_zip_of(BACI),
    "page.html": (FIXTURES / "gacc" / "month.html").read_bytes(),
    "answer.json": (FIXTURES / "comtrade_api" / "trade.jsonl").read_bytes(),
    "census.json": example(CONTRACTS["census"].table("exports")),
}


def look(path: Path) -> None:
    """Look at a file as the inbox does; it has an outcome whatever it holds."""
    recognise(Dropped(path), CONTRACTS)


def draft(path: Path) -> None:
    """Read a sample for a contract, as `sources new` does."""
    read_sample(path)


def packed(data: st.DataObject, name: str) -> None:
    tried(SETTINGS, name, data.draw(mutated(PACKED[name])), look, draft)


@pytest.mark.parametrize("name", PACKED)
@settings(max_examples=20, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_a_file_in_the_inbox_has_an_outcome(name: str, data: st.DataObject) -> None:
    packed(data, name)


@settings(max_examples=20, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_the_parts_of_a_workbook_are_read_or_refused(data: st.DataObject) -> None:
    rows = data.draw(mutated(ROW.encode())).decode("latin-1")
    content = workbook_of(rows, ("HS code", "Flow", "Value"))
    tried(SETTINGS, "trade.xlsx", content, look, draft)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_a_page_is_read_or_refused(data: st.DataObject) -> None:
    text = data.draw(mutated(PACKED["page.html"])).decode("utf-8", errors="replace")
    page = HtmlPage(text, ("title",))
    assert page.text is not None
    assert all(cell.indent >= 0 for row in page.rows for cell in row)


def more_of(use: Callable[[st.DataObject, str], None], name: str, examples: int) -> None:
    """As many other examples."""

    @settings(max_examples=examples, deadline=None, database=None)
    @given(data=st.data())
    def run(data: st.DataObject) -> None:
        use(data, name)

    run()


if __name__ == "__main__":
    for each in TABLES:
        more_of(fuzz, each, int(sys.argv[1]))
    for each in PACKED:
        more_of(packed, each, int(sys.argv[1]))
