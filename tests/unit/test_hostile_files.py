"""Files in the inbox that nobody should trust: each has one outcome, a sentence, and never stops the file beside it."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from string import ascii_uppercase

import py7zr
import pytest

from flows.errors import FileRefused
from flows.formats import workbook
from flows.formats.dropped import Dropped
from flows.formats.figures import bare
from flows.formats.html_table import HtmlPage
from flows.formats.matrix import READERS, Grid, Layout
from flows.formats.sheets import opened
from flows.formats.zip_archive import is_whole, members_of, part_of_file
from flows.inbox.files import Unrecognised, scan
from flows.inbox.own.codes import area_named, likely_areas
from flows.ledger import Ledger, Outcome
from flows.redaction import legible, legible_name
from flows.releases import summary
from flows.settings import ROOT, Settings
from flows.steps import fetch, land
from tests.hostile import BACI, GOOD, cut_off_behind, patched, workbook_of, zip_of
from tests.live import NOBODY
from tests.own_contract import own_contract, write_contract

BESIDE = "BACI_HS92_Y2019_V202601.csv"


def outcomes(settings: Settings, ledger: Ledger, name: bytes | str, content: bytes) -> list[Outcome]:
    """What becomes of one file beside a good one, as a run would have it recorded; the good one lands."""
    settings.inbox.mkdir(parents=True, exist_ok=True)
    (settings.inbox / os.fsdecode(name)).write_bytes(content)
    (settings.inbox / BESIDE).write_bytes(BACI.replace(b"2021", b"2019"))
    land.prepare(settings)
    found = scan(settings)
    parts = [part for part in found if not isinstance(part, Unrecognised)]
    fetched = [fetch.fetch_partition(settings, ledger, part) for part in parts]
    for record in land.pending(settings, ledger):
        land.land_file(settings, ledger, record)
    assert not land.pending(settings, ledger)
    run = ledger.start("run", {}, "")
    run.outcomes = [*fetch.unrecognised(found), *land.restate_all(settings, fetched)]
    ledger.save(run)
    (saved,) = [each for each in ledger.runs() if each.run_id == run.run_id]
    assert summary.markdown(settings, saved)
    (good,) = [o for o in saved.outcomes if o.url == f"inbox/{BESIDE}"]
    assert (good.outcome, good.rows) == ("new", 2)
    return [o for o in saved.outcomes if o is not good]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"\xff\xfe caf\xe9.csv", r"\xff\xfe caf\xe9.csv"),
        (b"a\x1b[31mred\x07\n.csv", r"a\x1b[31mred\x07\n.csv"),
        ("turned\u202evsc.csv", r"turned\u202evsc.csv"),
    ],
)
def test_a_name_no_terminal_can_show_is_written_out(
    settings: Settings, ledger: Ledger, name: bytes | str, shown: str
) -> None:
    (told,) = outcomes(settings, ledger, name, BACI)
    assert told.outcome == "failed"
    assert shown in told.partition
    assert shown in told.reason


def test_a_name_that_is_not_utf8_is_a_partition_like_any(settings: Settings, ledger: Ledger) -> None:
    folder = settings.inbox / "mine"
    write_contract(settings, OWN.replace("FORM", ""))
    folder.mkdir(parents=True)
    (told,) = outcomes(settings, ledger, b"mine/caf\xe9.csv", b"HS code,Value\n010121,5\n")
    assert (told.outcome, told.rows, told.url) == ("new", 1, r"inbox/mine/caf\xe9.csv")


OWN = own_contract(
    """
description: "One row per code."
config: {meta: {key: [code], on_failure: stand_in, FORM}}
columns:
  - {name: code, data_type: varchar, description: "Code.", config: {meta: {header: "HS code"}}}
  - {name: amount, data_type: "decimal(24,9)", description: "Value.", config: {meta: {header: "Value"}}}
"""
)

ZIPS = {
    "cut off": (zip_of((f"{GOOD}.csv", BACI))[:-30], "cut off or damaged"),
    "cut off behind an archive in it": (cut_off_behind("in.zip", zip_of(("in.csv", BACI))), "cut off or damaged"),
    "glued to another": (zip_of((f"{GOOD}.csv", BACI)) + zip_of(("b.csv", BACI)), "cut off or damaged"),
    "glued to an empty one": (zip_of((f"{GOOD}.csv", BACI)) + zip_of(), "cut off or damaged"),
    "before another that is cut off": (
        zip_of((f"{GOOD}.csv", BACI)) + zip_of(("b.csv", BACI))[:-30],
        "cut off or damaged",
    ),
    "of another age": (patched(4, 99, 6, 99), "cut off or damaged"),
    "with a password": (patched(6, 1, 8, 1), "is protected by a password; unpack the archive first"),
    "packed by an unknown method": (patched(8, 77, 10, 77), "not supported"),
    "with a wrong checksum": (patched(14, 1, 16, 1), "Bad CRC"),
    "with a name that is not UTF-8": (
        zip_of((f"{GOOD}é.csv", BACI)).replace("é".encode(), b"\xff\xfe"),
        "cut off or damaged",
    ),
    "with a file that has no name": (zip_of((f"{GOOD}.csv", BACI)).replace(b"BACI_", b"\0ACI_"), "has no name"),
    "of too many files": (zip_of(*((f"{at}.csv", b"") for at in range(301))), "MOST_ARCHIVE_MEMBERS"),
    "that is a bomb": (zip_of((f"{GOOD}.csv", BACI + b" " * 70_000_000)), "LARGEST_EXPANSION"),
    "of a gzip file that is cut off": (zip_of((f"{GOOD}.csv.gz", gzip.compress(BACI)[:-9])), "end-of-stream"),
    "of a zip": (zip_of(("in.zip", zip_of((f"{GOOD}.csv", BACI)))), "no source recognises"),
}


@pytest.mark.parametrize("kind", ZIPS)
def test_an_archive_that_cannot_be_trusted_is_told(settings: Settings, ledger: Ledger, kind: str) -> None:
    content, said = ZIPS[kind]
    few = settings.model_copy(update={"most_archive_members": 300})
    (told,) = outcomes(few, ledger, "trade.zip", content)
    assert told.outcome == "failed"
    assert said in told.reason


def test_a_workbook_cut_off_behind_another_in_it_is_no_other_workbook(settings: Settings) -> None:
    inner = workbook_of("<row r='1'><c r='A1' t='inlineStr'><is><t>x</t></is></c></row>", ("HS code", "Value"))
    cut = cut_off_behind("xl/embeddings/one.xlsx", inner)
    settings.inbox.mkdir(parents=True)
    (settings.inbox / "a.xlsx").write_bytes(cut)
    with pytest.raises(FileRefused, match=r"a\.xlsx is a workbook that is cut off or damaged; get the file again\."):
        workbook.sheet_names(Dropped(settings.inbox / "a.xlsx"))


@pytest.mark.parametrize(("before", "behind"), [(b"", b""), (b"MZ program", b""), (b"", b"\0" * 512)])
def test_an_archive_that_unpacks_itself_or_is_filled_up_is_whole(before: bytes, behind: bytes) -> None:
    inner = zip_of((f"{GOOD}.csv", BACI))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("in.zip", inner)  # one inside is no sign of anything
        archive.comment = b"about"
    whole = io.BytesIO(before + stream.getvalue() + behind)
    with zipfile.ZipFile(whole) as archive:
        assert is_whole(whole, archive)


@pytest.mark.parametrize("second", [b"", zip_of((f"{GOOD}.csv", BACI))], ids=["cut off", "two in one file"])
def test_an_archive_on_a_server_in_which_another_is_found_is_not_taken(tmp_path: Path, second: bytes) -> None:
    path = tmp_path / "a.zip"
    inner = zip_of((f"{GOOD}.csv", BACI))
    path.write_bytes(inner + second if second else cut_off_behind("in.zip", inner))
    asked: list[tuple[int, int]] = []

    def part(first: int, last: int) -> Iterator[bytes]:
        asked.append((first, last))
        yield from part_of_file(path)(first, last)

    with pytest.raises(FileRefused, match=r"from x\.zip, which is not a whole zip archive \(there is more in it"):
        members_of(part, path.stat().st_size, "x.zip")
    path.write_bytes(inner)
    asked.clear()
    assert [member.name for member in members_of(part, len(inner), "x.zip")] == [f"{GOOD}.csv"]
    assert len(asked) == 1, "of a whole one nothing but its end is read"


UNREADABLE = {
    "an archive of two files of one name": (
        zip_of((f"{GOOD}.csv", BACI), (f"x{GOOD[1:]}.csv", BACI)).replace(f"x{GOOD[1:]}".encode(), GOOD.encode()),
        "2 files of one",
    ),
    "an archive without a file": (zip_of(), "without a file"),
    "an archive of documentation": (zip_of(("Readme.txt", "about")), "documentation and no table"),
    "too many columns": (BACI.replace(b"q\n", b"q," + b"z," * 6000 + b"\n"), "5,000 columns"),
    "a line without end": (BACI.replace(b"643", b"6" * 5_000 + b","), "not a well-formed CSV file"),
    "a line of megabytes": (
        BACI.replace(b"643", b"6" * 3_000_000),
        "longer than any record, as where a quotation mark",
    ),
    "a value without end": (BACI.replace(b"643", b"6" * 50_000), "6..."),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_nothing_is_passed_over_in_silence_and_no_sentence_is_a_page(
    settings: Settings, ledger: Ledger, kind: str
) -> None:
    content, said = UNREADABLE[kind]
    (told,) = outcomes(settings, ledger, f"{GOOD}.{'zip' if content.startswith(b'PK') else 'csv'}", content)
    assert told.outcome == "failed"
    assert said in told.reason
    assert len(told.reason) < 500


def test_what_is_no_file_is_told(settings: Settings, ledger: Ledger, tmp_path: Path) -> None:
    settings.inbox.mkdir(parents=True)
    for name, target in {"nowhere.csv": "nothing", "itself.csv": "itself.csv", "folder": tmp_path}.items():
        (settings.inbox / name).symlink_to(target)
    os.mkfifo(settings.inbox / "pipe.csv")
    told = {each.partition: each.reason for each in outcomes(settings, ledger, ".hidden", b"")}
    assert told.keys() == {"nowhere.csv", "itself.csv", "folder", "pipe.csv"}
    assert all("is not a file, or a link" in said or "a link to a folder" in said for said in told.values())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (f"{GOOD}.csv.crdownload", "a download that has not ended"),
        (f"{GOOD}.csv.PART", "a download that has not ended"),
        (f"~${GOOD}.xlsx", "Excel keeps it while a workbook is open"),
        (f"{GOOD}.csv~", "named as the backup of an editor is and is not read; delete it, or rename it"),
        (f"{GOOD}.csv.bak", "the backup of an editor"),
        (f"{GOOD}.csv.ORIG", "the backup of an editor"),
        (f"{GOOD}.csv.old", "the backup of an editor"),
        (f"{GOOD}.csv.swp", "the backup of an editor"),
        (f"#{GOOD}.csv#", "the backup of an editor"),
    ],
)
def test_what_is_not_whole_or_only_a_lock_is_told_and_not_taken(
    settings: Settings, ledger: Ledger, name: str, said: str
) -> None:
    (told,) = outcomes(settings, ledger, name, BACI)
    assert told.outcome == "failed"
    assert said in told.reason


def test_a_backup_beside_its_file_is_never_taken_for_it(settings: Settings, ledger: Ledger) -> None:
    packed = zip_of((f"{GOOD}.csv", BACI), (f"{GOOD}.csv.bak", BACI.replace(b"643", b"642")))
    told = {each.partition: each for each in outcomes(settings, ledger, "trade.zip", packed)}
    (taken,) = [each for each in told.values() if each.outcome == "new"]
    (backup,) = [each for each in told.values() if each.outcome == "failed"]
    assert taken.url.endswith(f"{GOOD}.csv")
    assert "named as the backup of an editor is" in backup.reason


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("trade.xls", b"<html><table><tr><td>Year</td></tr></table></html>", "is a web page and no workbook, whatever"),
        (
            "trade.xls",
            b'<?xml version="1.0"?><Workbook xmlns="x"></Workbook>',
            "is XML and no workbook, whatever its name",
        ),
        ("trade.pdf", b"%PDF-1.7 x", "is a PDF; save its table as .xlsx or .csv"),
    ],
)
def test_a_document_that_is_no_table_is_told_what_to_do(
    settings: Settings, ledger: Ledger, name: str, content: bytes, said: str
) -> None:
    (told,) = outcomes(settings, ledger, name, content)
    assert said in told.reason


def test_a_file_that_changes_while_it_is_read_is_not_taken_and_comes_with_the_next_run(
    settings: Settings, ledger: Ledger
) -> None:
    path = settings.inbox / f"{GOOD}.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(BACI[:-1])
    alone = settings.model_copy(update=NOBODY)
    (partition,) = fetch.plan(alone, ledger, ["baci"]).fetch
    path.write_bytes(BACI)
    told = fetch.fetch_partition(settings, ledger, partition)
    assert (told.outcome, told.stops_run) == ("failed", False)
    assert "changed while it was read; run again" in told.reason
    (partition,) = fetch.plan(alone, ledger, ["baci"]).fetch
    assert fetch.fetch_partition(settings, ledger, partition).outcome == "new"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look into every folder")
def test_a_folder_nobody_may_look_into_is_told(settings: Settings, ledger: Ledger) -> None:
    (settings.inbox / "locked").mkdir(parents=True, mode=0)
    (told,) = outcomes(settings, ledger, ".hidden", b"")
    assert "locked cannot be read. Its folder cannot be looked into" in told.reason


@pytest.mark.parametrize("member", [f"../../../{GOOD}.csv", f"/etc/{GOOD}.csv"])
def test_a_member_that_would_leave_the_archive_lands_in_its_own_folder(
    settings: Settings, ledger: Ledger, member: str
) -> None:
    (told,) = outcomes(settings, ledger, "trade.zip", zip_of((member, BACI)))
    assert (told.outcome, told.partition) == ("new", "HS92-202601-2021")
    assert settings.raw in ledger.raw_path(ledger.raw_file(told.file_id)).resolve().parents


def test_the_directory_of_an_archive_is_read_once(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    own = zipfile.ZipFile.__init__

    def counted(self: zipfile.ZipFile, *arguments: object, **named: object) -> None:
        opened.append(arguments)
        own(self, *arguments, **named)  # type: ignore[call-overload]

    content = zip_of(*((f"{at}.csv", b"a,b\n1,2\n") for at in range(40)))
    monkeypatch.setattr(zipfile.ZipFile, "__init__", counted)
    assert len(outcomes(settings, ledger, "trade.zip", content)) == 40
    assert len(opened) < 5


def seven_zip(members: dict[str, bytes], password: str | None = None) -> bytes:
    stream = io.BytesIO()
    with py7zr.SevenZipFile(stream, "w", password=password) as archive:
        for name, content in members.items():
            archive.writestr(content, name)
    return stream.getvalue()


PACKED = {
    "a locked 7z archive": ("a.7z", seven_zip({"a.csv": BACI}, "secret"), "protected by a password; unpack it first"),
    "a 7z archive of nothing": ("a.7z", seven_zip({}), "is an archive without a file; get it again"),
    "a 7z archive of two files": ("a.7z", seven_zip({"a.csv": BACI, "b.csv": BACI}), "holds 2 files where one"),
    "a gzip file that is cut off": (f"{GOOD}.csv.gz", gzip.compress(BACI * 1000)[:-9], "get the file again"),
    "no gzip file": (f"{GOOD}.csv.gz", BACI, "Not a gzipped file"),
    "a gzip bomb": (f"{GOOD}.csv.gz", gzip.compress(BACI + b"2021,156,643,10121,12.5,1.25\n" * 2_500_000), "EXPANSION"),
    "old Excel as a bomb": (
        "a.xls.gz",
        gzip.compress(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 70_000_000),
        "EXPANSION",
    ),
    "no 7z archive": ("a.7z", b"7z\xbc\xaf'\x1c" + b"\xff" * 200, "or no 7z archive"),
}


@pytest.mark.parametrize("kind", PACKED)
def test_what_is_packed_badly_or_too_well_is_told(settings: Settings, ledger: Ledger, kind: str) -> None:
    name, content, said = PACKED[kind]
    (told,) = outcomes(settings, ledger, name, content)
    assert told.outcome == "failed"
    assert said in told.reason


WIDE = [f"{first}{last}" for first in ("AA", "BA", "CA", "XA", "XB", "XC", "XD", "XE") for last in ascii_uppercase]
SHEETS = {
    "a column beyond the last": ('<row r="2"><c r="AAAAA2"><v>1</v></c></row>', "AAAAA"),
    "a column beyond XFD": ('<row r="2"><c r="ZZZ2"><v>1</v></c></row>', "a cell 'ZZZ2'"),
    "a row of two thousand million": ('<row r="2147483648"><c r="A2147483648"><v>1</v></c></row>', "A2147483648"),
    "a row that is none": ('<row r="x"><c r="A2"><v>1</v></c></row>', "could not convert"),
    "rows in no order": ('<row r="9"><c r="A9"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>', "row 2"),
    "a text longer than Excel's": (
        f'<row r="2"><c r="A2" t="inlineStr"><is><t>{"x" * 3_000_000}</t></is></c></row>',
        "3,000,000",
    ),
    "a text that is not there": ('<row r="2"><c r="A2" t="s"><v>7</v></c></row>', "IndexError"),
    "parts that unpack to too much": (" " * 70_000_000, "EXPANSION"),
    "no XML": ('<row r="2"><c r="A2" ' * 2000, "not well-formed"),
    "two cells in one place": (
        '<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c><c r="B2"><v>5</v></c></row>', "two cells in one place"
    ),
    "a number beyond all numbers": ('<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>1e400</v></c></row>', "'inf'"),
    "a cell far out in every row": (
        "".join(f'<row r="{at}"><c r="XFD{at}"><v>1</v></c></row>' for at in range(2, 400)),
        "cells that are empty or merged",
    ),
    "columns merged over all rows": (
        '<row r="2">' + "".join(f'<c r="{place}2" t="str"><v>x</v></c>' for place in WIDE) + "</row>"
        + "".join(f'<row r="{at}"><c r="A{at}"><v>1</v></c></row>' for at in range(3, 400))
        + "</sheetData><mergeCells>" + "".join(f'<mergeCell ref="{place}2:{place}1048576"/>' for place in WIDE)
        + "</mergeCells><sheetData>",
        "cells that are empty or merged",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", SHEETS)
def test_a_workbook_no_excel_wrote_is_refused_and_ends(settings: Settings, ledger: Ledger, kind: str) -> None:
    rows, said = SHEETS[kind]
    write_contract(settings, OWN.replace("FORM", "format: xlsx"))
    (told,) = outcomes(settings, ledger, "a.xlsx", workbook_of(rows, ("HS code", "Value")))
    assert told.outcome == "failed"
    assert said in told.reason


def test_the_last_row_of_a_sheet_is_one(settings: Settings, ledger: Ledger) -> None:
    write_contract(settings, OWN.replace("FORM", "format: xlsx"))
    last = '<row r="1048576"><c r="A1048576"><v>10121</v></c><c r="B1048576"><v>5</v></c></row>'
    (told,) = outcomes(settings, ledger, "a.xlsx", workbook_of(last, ("HS code", "Value")))
    assert (told.outcome, told.rows) == ("new", 1)


PAGES = {
    "a declaration that is none": "<![foo[ <td>x</td>",
    "tags that never end": "<a " * 400_000,
    "names of tags that never end": "<a" * 500_000,
    "blanks in a tag": "<a x" + " " * 1_000_000,
    "comments that never end": "<!-- >" * 200_000,
    "headings that never end": "<h1" * 300_000,
}


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_is_read_in_one_go(kind: str) -> None:
    """Each took minutes, or raised; a step that is quadratic would not end before the time-out of the tests."""
    page = HtmlPage(f"<table><tr><td>first</td></tr></table>{PAGES[kind]}")
    assert page.rows[0][0].text == "first"


@pytest.mark.parametrize(
    "text",
    [
        "1" + "*" * 30_000 + "x",
        "1" + "be" * 15_000 + "x",
        "1" * 30_000 + "x",
        "1" + " " * 30_000 + "x",
        "(" * 30_000,
        "\u1369",
    ],
)
def test_a_long_text_in_a_printed_table_says_nothing_and_is_read_in_one_go(text: str) -> None:
    """Some would not have ended, and a digit of a script that counts in its own way was a traceback."""
    assert bare(text) == text
    assert not any(read(text) for name, read in READERS.items() if name not in ("partners", "reporters"))
    assert area_named(text, ROOT / "dbt_project" / "seeds") is None
    assert likely_areas(text, ROOT / "dbt_project" / "seeds") == []
    grid = Grid("", [(1, ["Country", text]), (2, ["Germany", "5"])])
    assert opened([grid], Layout(on_sheets=("flows",)))[0][1].names == ["Country", text]


def test_a_file_in_raw_that_cannot_be_read_is_refused_once(settings: Settings, ledger: Ledger) -> None:
    """It used to stop every later run, until somebody deleted it by hand."""
    write_contract(settings, OWN.replace("FORM", "format: xlsx"))
    (settings.inbox).mkdir(parents=True)
    (settings.inbox / "a.xlsx").write_bytes(
        workbook_of('<row r="2"><c r="A2"><v>10121</v></c><c r="B2"><v>5</v></c></row>', ("HS code", "Value"))
    )
    land.prepare(settings)
    (part,) = scan(settings)
    assert not isinstance(part, Unrecognised)
    fetched = fetch.fetch_partition(settings, ledger, part)
    path = ledger.raw_path(ledger.raw_file(fetched.file_id))
    content = workbook_of('<row r="2"><c r="AAAAA2"><v>1</v></c></row>', ("HS code", "Value"))
    path.write_bytes(content)
    (record,) = land.pending(settings, ledger)
    record = record.model_copy(update={"sha256": hashlib.sha256(content).hexdigest()})
    told = land.land_file(settings, ledger, record)
    assert (told.outcome, "cannot be read as an Excel workbook" in told.reason) == ("failed", True)
    assert path.is_file()
    assert land.pending(settings, ledger) == []


def stored(settings: Settings, ledger: Ledger) -> Path:
    """The raw bytes of a good file that was fetched and has not landed."""
    settings.inbox.mkdir(parents=True)
    (settings.inbox / BESIDE).write_bytes(BACI.replace(b"2021", b"2019"))
    land.prepare(settings)
    (part,) = scan(settings)
    assert not isinstance(part, Unrecognised)
    return ledger.raw_path(ledger.raw_file(fetch.fetch_partition(settings, ledger, part).file_id))


def test_bytes_that_are_gone_are_told_and_land_when_they_are_back(settings: Settings, ledger: Ledger) -> None:
    path = stored(settings, ledger)
    path.rename(path.with_name("away"))
    (record,) = land.pending(settings, ledger)
    assert "cannot be read (No such file or directory)" in land.land_file(settings, ledger, record).reason
    path.with_name("away").rename(path)
    assert land.land_file(settings, ledger, record).rows == 2


def test_bytes_that_were_altered_do_not_land(settings: Settings, ledger: Ledger) -> None:
    path = stored(settings, ledger)
    received = path.read_bytes()
    path.write_bytes(received.replace(b"2019", b"2018"))
    (record,) = land.pending(settings, ledger)
    told = land.land_file(settings, ledger, record)
    assert (told.outcome, told.rows) == ("failed", 0)
    assert "are not those that were received" in told.reason
    path.write_bytes(received)
    assert land.land_file(settings, ledger, record).rows == 2


def test_temporary_files_are_inside_the_warehouse(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    places: list[Path] = []
    own = tempfile.NamedTemporaryFile

    def watched(*arguments: object, **named: object) -> object:
        places.append(Path(str(named["dir"])))
        return own(*arguments, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", watched)
    write_contract(settings, OWN.replace("FORM", "encoding: latin-1"))
    (told,) = outcomes(settings, ledger, "a.csv", b"HS code,Value\n010121,5\n")
    assert told.outcome == "new"
    assert places
    assert {settings.warehouse in place.parents for place in places} == {True}
    assert settings.passing not in ledger.left_behind(), "a run that has ended well leaves nothing to tell"
    settings.passing.joinpath("left by a killed run").touch()
    assert settings.passing in ledger.left_behind()
    ledger.tidy()
    assert not settings.passing.exists()


def test_a_header_is_text_whatever_it_says(settings: Settings, ledger: Ledger) -> None:
    header = b"t,i,j,k,v,q,{{ env_var('HOME') }},a'b\"c;--,\x1b[31mred\n"
    (told,) = outcomes(settings, ledger, f"{GOOD}.csv", header + b"2021,156,643,10121,12.5,1.25,a,b,c\n")
    assert (told.outcome, told.rows) == ("new", 1)
    assert r"{{ env_var('HOME') }}, a'b" in told.notice
    assert r"\x1b[31mred" in told.notice


def test_text_stays_text_when_it_is_written_out() -> None:
    assert legible("Côte d'Ivoire\t文\n") == "Côte d'Ivoire\t文\n"
    assert legible_name("a\x1b\udcff\ud800\n") == r"a\x1b\xff\ud800\n"
    assert io.StringIO().write(legible("\udcff")) == 4
