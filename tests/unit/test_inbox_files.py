"""Files as people have them: spreadsheets, other encodings and separators, and the ways a file can be wrong."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from flows.contracts import load_contracts
from flows.errors import FileRefused
from flows.formats import worksheet
from flows.formats.text_table import place_of
from flows.inbox.files import Unrecognised, scan
from flows.ledger import Ledger, Outcome
from flows.settings import Settings
from flows.sources.base import Partition
from flows.steps import fetch, land
from tests.own_contract import own_contract, write_contract

CONTRACT = own_contract(
    """
description: "One row per code and day."
config: {meta: {key: [code, day], on_failure: stand_in, FORM}}
columns:
  - {name: code, data_type: varchar, description: "Code.", config: {meta: {header: "HS code"}}}
  - {name: day, data_type: varchar, description: "Day.", config: {meta: {header: "Day"}}}
  - {name: amount, data_type: "decimal(24,9)", description: "Value.", config: {meta: {header: "Value"}}}
"""
)


@pytest.fixture
def inbox(settings: Settings) -> Settings:
    settings.inbox.mkdir(parents=True)
    return settings


def contract(settings: Settings, form: str) -> None:
    write_contract(settings, CONTRACT.replace("FORM", form))


def book(path: Path, *rows: list[object], sheet: str = "Data") -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    made.active.title = sheet
    for row in rows:
        made.active.append(row)
    made.save(path)
    return made


def refusal(settings: Settings) -> str:
    """What a person is told of the one file in the inbox, which stays there."""
    (found,) = scan(settings)
    assert isinstance(found, Unrecognised), found
    assert "\n" not in found.reason
    assert found.reason.endswith((".", "writes its contract."))
    assert any(path.is_file() for path in settings.inbox.rglob("*"))
    return found.reason


def landed(settings: Settings, ledger: Ledger) -> tuple[Outcome, list[tuple[object, ...]]]:
    land.prepare(settings)
    (partition,) = [part for part in scan(settings) if isinstance(part, Partition)]
    assert fetch.fetch_partition(settings, ledger, partition).outcome == "new"
    (record,) = land.pending(settings, ledger)
    outcome = land.land_file(settings, ledger, record)
    with land.landed(settings) as con:
        return outcome, con.execute(
            "select code, day, amount::varchar, line from raw.mine__trade order by line"
        ).fetchall()


def test_a_sheet_keeps_the_digits_a_person_sees(inbox: Settings, ledger: Ledger) -> None:
    contract(inbox, "format: xlsx, sheet: Data")
    path = inbox.inbox / "mine.xlsx"
    made = book(
        path, ["HS code", "Day", "Value"], [10121, date(2021, 3, 1), 1234567890.125], ["0102", "2021-04-01", 1e-7]
    )
    made["Data"]["A2"].number_format = "000000"
    made.create_sheet("Notes").append(["about"])
    made.move_sheet("Notes", -1)
    made.save(path)
    outcome, rows = landed(inbox, ledger)
    assert (outcome.outcome, outcome.rows, outcome.reason) == ("new", 2, "")
    assert rows == [
        ("010121", "2021-03-01", "1234567890.125000000", 2),
        ("0102", "2021-04-01", "0.000000100", 3),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (12, "12"),
        (2021.0, "2021"),
        (1e22, "10000000000000000000000"),
        (0.1, "0.1"),
        (datetime(2021, 3, 1, 12, 30), "2021-03-01 12:30:00"),  # noqa: DTZ001
        (datetime(2021, 3, 1), "2021-03-01"),  # noqa: DTZ001
        ("  x", "  x"),
    ],
)
def test_a_cell_becomes_text(value: object, text: str | None) -> None:
    assert worksheet.text_of(value) == text


def test_a_header_below_a_title_and_empty_rows_are_no_trouble(inbox: Settings, ledger: Ledger) -> None:
    contract(inbox, "format: xlsx, header_row: 3")
    book(inbox.inbox / "mine.xlsx", ["Trade of X"], [], ["HS code", "Day", "Value"], [], ["01", "2021-01-01", 5])
    assert landed(inbox, ledger)[1] == [("01", "2021-01-01", "5.000000000", 5)]


def test_a_workbook_in_an_archive_is_one_too(inbox: Settings, ledger: Ledger, tmp_path: Path) -> None:
    contract(inbox, "format: xlsx")
    book(tmp_path / "mine.xlsx", ["HS code", "Day", "Value"], ["01", "2021-01-01", 5])
    with zipfile.ZipFile(inbox.inbox / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(tmp_path / "mine.xlsx", "mine.xlsx")
    assert landed(inbox, ledger)[1] == [("01", "2021-01-01", "5.000000000", 2)]


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("delimiter: ';', decimal_mark: ',', thousands_mark: '.'", "HS code;Day;Value\n01;Mé;1.234,5\n".encode()),
        ("encoding: latin-1", "HS code,Day,Value\n01,Mé,1234.5\n".encode("latin-1")),
        ("encoding: utf-16, format: tsv", "HS code\tDay\tValue\n01\tMé\t1234.5\n".encode("utf-16")),
        ("encoding: windows-1251, header_row: 2", "Торговля\nHS code,Day,Value\n01,Mй,1234.5\n".encode("windows-1251")),
        ("header_row: 1", "\ufeffHS code,Day,Value,\n01,Mé,1234.5,\n".encode()),
        ("header_row: 1", 'HS code,"Day",Value,Value of ""all""\n01,Mé,1234.5,"7, 8"\n'.encode()),
    ],
)
def test_text_is_read_as_its_contract_says(inbox: Settings, ledger: Ledger, form: str, content: bytes) -> None:
    contract(inbox, form)
    (inbox.inbox / "mine.txt").write_bytes(content)
    ((code, day, amount, _),) = landed(inbox, ledger)[1]
    assert (code, day, amount) == ("01", "Mй" if "1251" in form else "Mé", "1234.500000000")


def test_gzip_in_another_encoding(inbox: Settings, ledger: Ledger) -> None:
    contract(inbox, "encoding: latin-1")
    (inbox.inbox / "mine.csv.gz").write_bytes(gzip.compress("HS code,Day,Value\n01,Mé,1\n".encode("latin-1")))
    assert landed(inbox, ledger)[1] == [("01", "Mé", "1.000000000", 2)]


GOOD = "HS code,Day,Value\n01,é,1\n"


def test_a_column_is_known_by_every_name_the_publisher_gives_it(inbox: Settings, ledger: Ledger) -> None:
    """The names of two layouts may be mixed; a column that stands there under two of its names is refused."""
    other = '{header: "Value", other_headers: [TradeValue, Amount]}'
    write_contract(inbox, CONTRACT.replace("FORM", "format: csv").replace('{header: "Value"}', other))
    (inbox.inbox / "mine.csv").write_text("HS code,Day,tradevalue\n01,a,7\n", encoding="utf-8")
    outcome, rows = landed(inbox, ledger)
    assert (outcome.notice, rows) == ("", [("01", "a", "7.000000000", 2)])
    table = load_contracts(inbox.contracts)["mine"].table("trade")
    with pytest.raises(FileRefused, match=r"columns 'TradeValue' and 'Amount' are one; delete one of them\."):
        place_of(["HS code", "Day", "TradeValue", "Amount"], table, "mine.csv")


@pytest.mark.parametrize("lines_before", [0, 50_000])
def test_a_file_that_is_not_utf8_is_read_as_western_and_said_so(
    inbox: Settings, ledger: Ledger, lines_before: int
) -> None:
    """Wherever the first letter stands that is no UTF-8; UN Comtrade's own downloads are such files."""
    contract(inbox, "format: csv")
    lines = "".join(f"{line % 97 + 1:02},d{line},1\n" for line in range(lines_before))
    (inbox.inbox / "mine.csv").write_bytes(f"HS code,Day,Value\n{lines}01,Türkiye €,1\n".encode("windows-1252"))
    outcome, rows = landed(inbox, ledger)
    assert [row[:2] for row in rows if row[1][0] == "T"] == [("01", "Türkiye €")]
    assert outcome.rows == lines_before + 1
    assert outcome.notice == "mine.csv is not UTF-8 and was read as windows-1252."


@pytest.mark.parametrize("encoding", ["windows-1254", "koi8-r", "latin-1"])
def test_a_later_file_in_utf8_is_read_as_such_whatever_its_contract_says(
    inbox: Settings, ledger: Ledger, encoding: str
) -> None:
    contract(inbox, f"format: csv, encoding: {encoding}")
    (inbox.inbox / "mine.csv").write_text("HS code,Day,Value\n01,Türkiye İzmir,1\n", encoding="utf-8")
    outcome, rows = landed(inbox, ledger)
    assert [row[1] for row in rows] == ["Türkiye İzmir"]
    assert outcome.notice == f"mine.csv is not written in {encoding} and was read as utf-8."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (GOOD.encode("utf-16"), "mine.csv is written in UTF-16; save it as UTF-8"),
        (GOOD.encode() + "02,é,1\n".encode("latin-1"), "mine.csv is not written in UTF-8 (byte 0xe9 in line 3)"),
        ("HS code,Day,Value\n01,Китай,1\n".encode("windows-1251"), "mine.csv is not written in UTF-8 (byte 0xca"),
        (b"HS code,Day,Value\n\0\1\2", "mine.csv is not a text file"),
        (b"HS code,Day,Value,value\n01,a,1,2\n", "mine.csv: the header has 'Value' more than once"),
        (b"", "mine.csv is empty; get the file again."),
        (b'{"data": []}', "mine.csv is JSON that no source recognises"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is in the old Excel format; save it as .xlsx or .csv"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "mine.csv is protected by a password; save it without one",
        ),
        (
            b"PK\x03\x04 and nothing of an archive",
            "mine.csv is an archive that is cut off or damaged; get the file again",
        ),
        (bz2.compress(GOOD.encode()), "mine.csv is packed with bzip2, which is not read here; unpack it"),
        (lzma.compress(GOOD.encode()), "mine.csv is packed with xz, which is not read here; unpack it"),
        (b"Rar!\x1a\x07\x01\0" + bytes(90), "mine.csv is packed with RAR, which is not read here; unpack it"),
        (b"mine.csv".ljust(257, b"\0") + b"ustar\0", "mine.csv is packed with tar, which is not read here; unpack it"),
        (b"HS code,Day\n01,\xe9\n", "mine.csv fits no contract; closest is mine.trade: missing ['Value']"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_one_sentence(inbox: Settings, content: bytes, said: str) -> None:
    contract(inbox, "format: csv")
    (inbox.inbox / "mine.csv").write_bytes(content)
    assert said in refusal(inbox)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("my trade.csv", "'my trade.csv'"),
        ("it's.csv", """'it'"'"'s.csv'"""),
        ("of mine/a.csv", "'of mine/a.csv'"),
        ("-x.csv", "./-x.csv"),
        ("--yes.csv", "./--yes.csv"),
    ],
)
def test_a_command_names_a_file_as_a_shell_reads_it(inbox: Settings, name: str, typed: str) -> None:
    contract(inbox, "format: csv")
    (inbox.inbox / name).parent.mkdir(exist_ok=True)
    (inbox.inbox / name).write_text("HS code,Day\n", encoding="utf-8")
    assert f"`entrepot sources new {typed}`" in refusal(inbox)


def test_two_files_that_have_one_name_for_us_are_to_be_renamed_and_none_is_given_up(inbox: Settings) -> None:
    contract(inbox, "format: csv")
    for name in ("a!b.csv", "a#b.csv"):
        (inbox.inbox / name).write_text("HS code,Day,Value\n01,2021-01-01,1\n", encoding="utf-8")
    (refused,) = (part.reason for part in scan(inbox) if isinstance(part, Unrecognised))
    assert "a#b.csv and inbox/a!b.csv have one name as far as it tells files apart" in refused
    assert "rename one of them, or keep one where both hold the same" in refused


@pytest.mark.parametrize("name", ["a\nb.csv", "a\tb.csv", os.fsdecode(b"a\xffb.csv")])
def test_a_name_that_cannot_be_typed_is_to_be_changed_first(inbox: Settings, name: str) -> None:
    contract(inbox, "format: csv")
    (inbox.inbox / name).write_text("HS code,Day\n", encoding="utf-8")
    assert "give it a name of plain letters; `entrepot sources new` then writes its contract" in refusal(inbox)


def test_a_table_in_an_archive_is_to_be_unpacked_before_its_contract_is_drafted(inbox: Settings) -> None:
    contract(inbox, "format: csv")
    with zipfile.ZipFile(inbox.inbox / "all.zip", "w") as archive:
        archive.writestr("of 2021/my table.csv", "A,B\n1,2\n")
    assert "unpack it; `entrepot sources new 'my table.csv'` then writes its contract" in refusal(inbox)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "the first row of its first sheet is empty, so it has no header"),
        ([["HS code", "Day", "Value", "Value"], ["01", "a", 1, 2]], "the header has 'Value' more than once"),
        ([["HS code", "Day", "Amount"]], "closest is mine.trade: missing ['Value'], not known there ['Amount']"),
    ],
)
def test_a_workbook_that_cannot_be_read_is_told_in_one_sentence(
    inbox: Settings, rows: list[list[object]], said: str
) -> None:
    contract(inbox, "format: xlsx")
    book(inbox.inbox / "mine.xlsx", *rows)
    assert said in refusal(inbox)


def test_a_damaged_workbook_is_told(inbox: Settings) -> None:
    contract(inbox, "format: xlsx")
    book(inbox.inbox / "mine.xlsx", ["HS code", "Day", "Value"], ["01", "a", 1])
    whole = (inbox.inbox / "mine.xlsx").read_bytes()
    (inbox.inbox / "mine.xlsx").write_bytes(whole[: len(whole) // 2])
    assert "mine.xlsx cannot be read as an Excel workbook" in refusal(inbox)


@pytest.mark.parametrize(
    ("form", "content", "said"),
    [
        (
            "format: csv",
            b"HS code,Day,Value\ncode,day,USD\n01,a,1\n",
            "the row below the header holds words where numbers belong",
        ),
        ("format: csv", b"HS code,Day,Value\n01,a,1\n02,b,dear\n", "first: line 3, column amount, value 'dear'"),
        (
            "format: csv",
            b"HS code,Day,Value\n" + b"01,a,1\n" * 50_000 + "01,é,1\n".encode() + b"01,\xe9,1\n",
            "not written in UTF-8 throughout",
        ),
        ("format: csv", b'HS code,Day,Value\n01,"a,1\n', "is not a well-formed CSV file"),
        (
            "format: csv",
            b"HS code,Day,Value\n01,a,1\n\nSource: me\n",
            "line 4 has 1 value where the header has 3",
        ),
        ("format: csv", b"HS code,Day,Value\n", "0 rows where mine.trade needs at least 1"),
    ],
)
def test_a_file_refused_on_landing_stays_in_the_raw_store(
    inbox: Settings, ledger: Ledger, form: str, content: bytes, said: str
) -> None:
    contract(inbox, form)
    (inbox.inbox / "mine.csv").write_bytes(content)
    outcome, rows = landed(inbox, ledger)
    assert (outcome.outcome, rows) == ("failed", [])
    assert said in outcome.reason
    (record,) = ledger.raw_files("mine")
    assert ledger.raw_path(record).read_bytes() == content


def test_a_second_header_row_in_a_sheet_is_told(inbox: Settings, ledger: Ledger) -> None:
    contract(inbox, "format: xlsx")
    book(inbox.inbox / "mine.xlsx", ["HS code", "Day", "Value"], ["digits", "ISO", "USD"], ["01", "a", 1])
    assert (
        "the row below the header holds words where numbers belong, as a second header row does"
        in landed(inbox, ledger)[0].reason
    )


def test_a_formula_without_its_result_is_not_taken_for_an_empty_cell(inbox: Settings, ledger: Ledger) -> None:
    contract(inbox, "format: xlsx")
    book(inbox.inbox / "mine.xlsx", ["HS code", "Day", "Value"], ["01", "a", "=1+1"])
    assert "the cell C2 holds a formula whose result was never saved" in landed(inbox, ledger)[0].reason


@pytest.mark.parametrize(
    ("marks", "printed", "number"),
    [
        ("decimal_mark: '.', thousands_mark: ','", "12,345.60", "12345.600000000"),
        ("decimal_mark: '.', thousands_mark: ','", "1,23,45,678", "12345678.000000000"),
        ("decimal_mark: '.', thousands_mark: ','", "1,5", None),
        ("decimal_mark: '.', thousands_mark: ','", "12345,678", None),
        ("decimal_mark: ',', thousands_mark: '.'", "12.345,60", "12345.600000000"),
        ("decimal_mark: ',', thousands_mark: '.'", "1.5", None),
        ("decimal_mark: ','", "1,5", "1.500000000"),
        ("decimal_mark: ','", "1.234", None),
        ("decimal_mark: '.', thousands_mark: ' '", "1\u202f234.5", "1234.500000000"),
        ("decimal_mark: '.', thousands_mark: ' '", "1234 5", None),
        ('decimal_mark: ".", thousands_mark: "\'"', "1\u2019234\u2019567", "1234567.000000000"),
        ('decimal_mark: ".", thousands_mark: "\'"', "12'5", None),
    ],
)
def test_a_number_with_marks_in_other_places_than_the_contract_says_is_rejected(
    inbox: Settings, ledger: Ledger, marks: str, printed: str, number: str | None
) -> None:
    contract(inbox, f"format: csv, delimiter: ';', {marks}")
    (inbox.inbox / "mine.csv").write_text(f"HS code;Day;Value\n01;a;{printed}\n", encoding="utf-8")
    outcome, rows = landed(inbox, ledger)
    assert [row[2] for row in rows] == ([] if number is None else [number])
    assert (outcome.outcome == "failed") is (number is None)


def test_numbers_typed_as_text_in_a_sheet_are_read_as_they_are_spelt(inbox: Settings, ledger: Ledger) -> None:
    contract(inbox, "format: xlsx, decimal_mark: ','")
    book(inbox.inbox / "mine.xlsx", ["HS code", "Day", "Value"], ["01", "a", "1,5"], ["02", "a", 2.5])
    assert [row[2] for row in landed(inbox, ledger)[1]] == ["1.500000000", "2.500000000"]


@pytest.mark.parametrize(
    ("marks", "typed", "number"),
    [
        ("decimal_mark: ',', thousands_mark: '.'", "1.234", "1234.000000000"),
        ("decimal_mark: ',', thousands_mark: '.'", "-12.345", "-12345.000000000"),
        ("decimal_mark: ',', thousands_mark: '.'", "12.345,50", "12345.500000000"),
        ("decimal_mark: ',', thousands_mark: '.'", "1.234.567", "1234567.000000000"),
        ("decimal_mark: ',', thousands_mark: '.'", "999.5", "999.500000000"),
        ("decimal_mark: ',', thousands_mark: '.'", "0.125", "0.125000000"),
        ("decimal_mark: ','", "1.234", None),
        ("decimal_mark: '.', thousands_mark: ','", "1.234", "1.234000000"),
        ("decimal_mark: '.', thousands_mark: ','", "1,234", "1234.000000000"),
        ("decimal_mark: '.'", "1.234", "1.234000000"),
    ],
)
def test_a_number_typed_as_text_beside_the_same_in_digits_is_read_as_the_contract_says(
    inbox: Settings, ledger: Ledger, marks: str, typed: str, number: str | None
) -> None:
    contract(inbox, f"format: xlsx, {marks}")
    rows: list[list[object]] = [["0101.21", "b", 1.234], ["02", "c", 1234.5], ["03", "d", 2000], [1.234, "e", 1e-7]]
    book(inbox.inbox / "mine.xlsx", ["HS code", "Day", "Value"], *rows, ["09", "f", typed])
    outcome, found = landed(inbox, ledger)
    exact = ["1.234000000", "1234.500000000", "2000.000000000", "0.000000100"]
    assert [row[2] for row in found] == ([] if number is None else [*exact, number])
    assert [row[0] for row in found[:4]] in ([], ["0101.21", "02", "03", "1.234"])  # a code is no number to be spelt
    assert (outcome.outcome == "failed") is (number is None)


def test_a_document_that_is_no_workbook_is_told(inbox: Settings) -> None:
    contract(inbox, "format: csv")
    with zipfile.ZipFile(inbox.inbox / "mine.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert "mine.ods is a document or archive no source recognises; save a table as .xlsx or .csv" in refusal(inbox)


def test_what_landed_by_a_contract_that_is_gone_is_taken_out_and_comes_back_with_it(
    inbox: Settings, ledger: Ledger
) -> None:
    contract(inbox, "format: csv")
    (inbox.inbox / "mine.csv").write_text(GOOD, encoding="utf-8")
    assert landed(inbox, ledger)[0].rows == 1
    (inbox.own_contracts / "mine.yml").unlink()
    land.prepare(inbox)
    with land.landed(inbox) as con:
        assert con.execute("select count(*) from raw.file").fetchall() == [(0,)]
    assert ledger.raw_files("mine")
    contract(inbox, "format: csv")
    land.prepare(inbox)
    assert [record.source for record in land.pending(inbox, ledger)] == ["mine"]


def test_names_in_other_scripts_keep_their_partitions_apart(inbox: Settings) -> None:
    contract(inbox, "format: csv")
    for name in ("экспорт", "импорт"):
        (inbox.inbox / f"{name}.csv").write_text(GOOD, encoding="utf-8")
    keys = {part.key for part in scan(inbox) if isinstance(part, Partition)}
    assert len(keys) == 2
    assert all(keys)


def test_a_workbook_of_the_wrong_sheet_is_not_this_contracts(inbox: Settings) -> None:
    contract(inbox, "format: xlsx, sheet: Trade")
    book(inbox.inbox / "mine.xlsx", ["HS code", "Day", "Value"], ["01", "a", 1], sheet="Other")
    assert "no column of any contract" in refusal(inbox)
    assert load_contracts(inbox.contracts)["mine"].table("trade").sheet == "Trade"
    assert openpyxl.load_workbook(inbox.inbox / "mine.xlsx").sheetnames == ["Other"]
