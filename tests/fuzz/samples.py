"""A good file of every format the inbox reads, and of some it does not: what is inside, and how it is packed."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import py7zr

from flows.settings import ROOT, Settings
from standin.gacc import Gacc
from standin.gacc_page import Page
from standin.reply import Request
from standin.world import World
from tests.hostile import BACI, workbook_of, zip_of
from tests.own_contract import own_contract

_FIXTURES = ROOT / "tests" / "fixtures"
_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CENSUS = (
    b'[["CTY_CODE","CTY_NAME","E_COMMODITY","ALL_VAL_MO","ALL_VAL_YR","time","COMM_LVL"],'
    b'["-","TOTAL FOR ALL COUNTRIES","01","11","18","2024-01","HS2"],'
    b'["5700","CHINA","01","5","9","2024-01","HS2"],["4621","RUSSIA","01","6","9","2024-01","HS2"]]'
)
_COMEXT = (
    b"REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,FLOW,STAT_PROCEDURE,SUPPL_UNIT,PERIOD,VALUE_EUR,VALUE_NAC,QUANTITY_KG,"
    b"QUANTITY_SUPPL_UNIT\nDE,CN,E,TOTAL,1,1,,202401,10.5,10.5,7,\nDE,RU,E,01012100,2,1,,202401,3,3,7,\n"
)
_ROWS = "".join(
    f'<row r="{at}"><c r="A{at}"><v>10{at:03d}</v></c><c r="B{at}" t="inlineStr"><is><t>{at}.5</t></is></c></row>'
    for at in range(2, 9)
)
_COLUMNS = """
description: "One row per code."
config: {meta: {key: [code], on_failure: stand_in, FORM}}
columns:
  - {name: code, data_type: varchar, description: "Code.", config: {meta: {header: "HS code"}}}
  - {name: amount, data_type: "decimal(24,9)", description: "Value.", config: {meta: {header: "Value"}}}
"""
_OWN = {
    "own_tsv": "format: tsv",
    "own_text": "format: csv, delimiter: ';', encoding: latin-1",
    "own_sheet": "format: xlsx",
    "own_csv": "format: csv",
}


def _as_it_is(content: bytes) -> bytes:
    return content


@dataclass(frozen=True)
class Sample:
    """A format, the name of a file of it (`{0}` is a year, so that files beside each other are other partitions), the
    content that matters, and how it is packed.
    """

    format: str
    name: str
    content: bytes
    pack: Callable[[bytes], bytes] = _as_it_is
    is_read: bool = True  # as long as nobody has spoilt it
    year: bytes = b""  # where in the content that of the name must stand, too

    def of(self, year: int) -> Sample:
        """The same of another year."""
        content = self.content.replace(self.year, str(year).encode()) if self.year else self.content
        return replace(self, name=self.name.format(year), content=content)

    @property
    def packed(self) -> bytes:
        """The good file."""
        return self.pack(self.content)


def _seven_zip(content: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.7z"
        with py7zr.SevenZipFile(path, "w") as archive:
            archive.writestr(content, "full_v2_202401.dat")
        return path.read_bytes()


def _zip(name: str) -> Callable[[bytes], bytes]:
    return lambda content: zip_of((name, content), ("Readme.txt", "about"))


def _workbook(content: bytes) -> bytes:
    return workbook_of(content.decode("latin-1"), ("HS code", "Value"))


def _document(content: bytes) -> bytes:
    return zip_of(("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content))


def _page(month: int) -> bytes:
    """A page of China's customs, all partners on it."""
    gacc, page = Gacc(World()), Page(2024, month, 4, "USD")
    return gacc.reply(Request("GET", gacc.host, page.path, {}, {})).content


def samples() -> list[Sample]:
    """All of them."""
    name = "BACI_HS92_Y{0}_V202601"
    table = b"HS code,Value\n010121,5\n010129,6.5\n"
    return [
        Sample("csv", f"{name}.csv", BACI, year=b"2021"),
        Sample("csv in UTF-16", "own_csv/a{0}.csv", table, lambda text: text.decode("latin-1").encode("utf-16"), False),
        Sample("tsv", "own_tsv/a{0}.tsv", table.replace(b",", b"\t")),
        Sample("text with semicolons", "own_text/a{0}.txt", table.replace(b",", b";")),
        Sample("json", "answer{0}.json", (_FIXTURES / "comtrade_api" / "trade.jsonl").read_bytes()),
        Sample("json of the US Census", "census{0}.json", _CENSUS),
        Sample("csv of the IMF", "imf{0}.csv", (_FIXTURES / "imf_imts" / "partner_trade.csv").read_bytes()),
        Sample("html", "page{0}.html", _page(3)),
        Sample("xlsx", "own_sheet/a{0}.xlsx", _ROWS.encode(), _workbook),
        Sample("xls", "own_sheet/b{0}.xls", _OFFICE + bytes(range(256)) * 16, is_read=False),
        Sample("xls that is html", "table{0}.xls", _page(4)),
        Sample("ods", "own_sheet/c{0}.ods", b"<office:document><table:table/></office:document>", _document, False),
        Sample("xml", "rates{0}.xml", b'<?xml version="1.0"?><ValCurs><Record Id="R01235"/></ValCurs>', is_read=False),
        Sample("gzip", "BACI_HS96_Y{0}_V202601.csv.gz", BACI, gzip.compress, year=b"2021"),
        Sample("zip", "one{0}.zip", BACI, _zip("BACI_HS02_Y2021_V202601.csv")),
        Sample(
            "gzip in zip", "two{0}.zip", BACI,
            lambda content: _zip("BACI_HS07_Y2021_V202601.csv.gz")(gzip.compress(content)),
        ),
        Sample("zip in zip", "nested{0}.zip", BACI, lambda content: _zip("in.zip")(_zip("a.csv")(content)), False),
        Sample("7z", "full_v2_{0}01.7z", _COMEXT, _seven_zip),
    ]  # fmt: skip


def write_contracts(settings: Settings) -> None:
    """The contracts of one's own that some samples go by."""
    settings.own_contracts.mkdir(parents=True, exist_ok=True)
    for name, form in _OWN.items():
        text = own_contract(_COLUMNS.replace("FORM", form)).replace("mine", name)
        (settings.own_contracts / f"{name}.yml").write_text(text, encoding="utf-8")
