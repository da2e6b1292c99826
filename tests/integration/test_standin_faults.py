"""Every fault of a table in every publisher's format: what comes back is damaged as asked, and only that."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

import httpx
import pytest

from standin.control import KINDS
from standin.gacc_page import pages
from standin.server import StandIn

KEY = {"Ocp-Apim-Subscription-Key": "a-key"}
SDMX = {"Accept": "application/vnd.sdmx.data+csv;version=1.0.0"}
BULK = "/comtradeapi.un.org/bulk/v1/get/C/A/HS?reporterCode=729&period=2012"
Table = tuple[list[str], list[list[str]]]


def of_csv(content: bytes, delimiter: str = ",") -> Table:
    names, *rows = csv.reader(io.StringIO(content.decode()), delimiter=delimiter)
    return names, rows


def of_tsv_gz(content: bytes) -> Table:
    return of_csv(gzip.decompress(content), "\t")


def of_zip(content: bytes) -> Table:
    packed = zipfile.ZipFile(io.BytesIO(content))
    assert len(of_csv(packed.read("country_codes_V202501.csv"))[1]) > 15, "other members are left alone"
    return of_csv(packed.read("BACI_HS92_Y2021_V202501.csv"))


def of_records(content: bytes) -> Table:
    value = json.loads(content)
    records = value["data"] if isinstance(value, dict) else value[1]
    if isinstance(value, dict):
        assert value["count"] == len(records)
    return list(records[0]), [[str(cell) for cell in record.values()] for record in records]


def of_arrays(content: bytes) -> Table:
    names, *rows = json.loads(content)
    return names, rows


def of_xml(content: bytes) -> Table:
    records = ElementTree.fromstring(content).findall("Record")
    return [field.tag for field in records[0]], [[field.text or "" for field in record] for record in records]


def of_page(content: bytes) -> Table:
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>.*?</tr>", content.decode())]
    body = [row for row in rows if len(row) >= 9 and not row[0].isdigit()]
    return [str(number) for number in range(len(body[0]))], body


GACC = next(page.path for page in pages().values() if (page.year, page.last, page.section) == (2023, 5, 4))
# name: address, headers, reader of the answer, the column a retyping or a loss strikes
TABLES: dict[str, tuple[str, dict[str, str], Callable[[bytes], Table], str]] = {
    "comtrade": (
        "/comtradeapi.un.org/data/v1/get/C/A/HS?reporterCode=757&period=2023&cmdCode=AG2",
        KEY, of_records, "primaryValue",
    ),
    "comtrade_bulk": (BULK, KEY, of_tsv_gz, "primaryValue"),
    "baci": ("/www.cepii.fr/DATA_DOWNLOAD/baci/data/BACI_HS92_V202501.zip", {}, of_zip, "v"),
    "imf": ("/api.imf.org/external/sdmx/2.1/data/IMF.STA,IMTS,1.0.0/CHN.XG_FOB_USD..A", SDMX, of_csv, "OBS_VALUE"),
    "gacc": (f"/english.customs.gov.cn{GACC}", {}, of_page, "3"),
    "wdi": ("/api.worldbank.org/v2/country/CHN/indicator/SP.POP.TOTL?format=json", {}, of_records, "value"),
    "ecb": (
        "/data-api.ecb.europa.eu/service/data/EXR/D.CNY.EUR.SP00.A?format=csvdata&startPeriod=2024-12-01",
        {}, of_csv, "OBS_VALUE",
    ),
    "cbr": (
        "/www.cbr.ru/scripts/XML_dynamic.asp?date_req1=01/12/2024&date_req2=31/12/2024&VAL_NM_RQ=R01375",
        {}, of_xml, "Value",
    ),
    "comext": (
        "/ec.europa.eu/eurostat/api/comext/dissemination/sdmx/2.1/data/DS-045409/"
        "M.DE..TOTAL..VALUE_IN_EUROS?startPeriod=2024-03&endPeriod=2024-03&format=SDMX-CSV",
        {}, of_csv, "OBS_VALUE",
    ),
    "census": (
        "/api.census.gov/data/timeseries/intltrade/imports/hs"
        "?get=CTY_CODE,I_COMMODITY,GEN_VAL_MO&time=2024-01&COMM_LVL=HS2",
        {}, of_arrays, "GEN_VAL_MO",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def standin() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


def fetched(standin: StandIn, name: str) -> bytes:
    address, headers, _, _ = TABLES[name]
    with httpx.Client(base_url=standin.url, headers={"User-Agent": "entrepot-test", **headers}) as client:
        if address == BULK:
            (entry,) = client.get(address).json()["data"]
            address = "/comtradeapi.un.org" + entry["fileUrl"].partition("comtradeapi.un.org")[2]
        answer = client.get(address)
    assert answer.status_code == 200
    return answer.content


def struck(standin: StandIn, name: str, kind: str, **options: object) -> Table:
    """The table with the fault in it."""
    listing = 1 if name == "comtrade_bulk" else 0  # the list of bulk files comes before the file
    standin.control.reset()
    standin.control.add_fault({"kind": kind, "after": listing, **options})
    found = TABLES[name][2](fetched(standin, name))
    assert [fault.struck for fault in standin.control.faults] == [1]
    return found


@pytest.mark.parametrize("name", TABLES)
def test_each_fault_of_a_table_does_what_it_says_in_every_format(standin: StandIn, name: str) -> None:
    standin.control.reset()
    _, _, read, column = TABLES[name]
    names, rows = read(fetched(standin, name))
    place = names.index(column)
    assert len(rows) > 3

    cut = struck(standin, name, "silent_cap", rows=2)
    assert cut == (names, rows[:2])
    assert struck(standin, name, "duplicate_page") == (names, rows + rows)
    retyped = struck(standin, name, "retyped", column=column, value="n/a")[1]
    assert {row[place] for row in retyped} == {"n/a"}
    assert [row[:place] + row[place + 1 :] for row in retyped] == [row[:place] + row[place + 1 :] for row in rows]
    more, longer = struck(standin, name, "new_column", column="novelty", value="x")
    assert {row[-1] for row in longer} == {"x"}
    assert [row[:-1] for row in longer] == rows
    assert more[-1] == ("novelty" if name != "gacc" else str(len(names)))
    fewer, shorter = struck(standin, name, "missing_column", column=column)
    assert len(fewer) == len(names) - 1
    assert shorter == [row[:place] + row[place + 1 :] for row in rows]

    standin.control.reset()
    assert read(fetched(standin, name)) == (names, rows), "cleared, it is as before"


@pytest.mark.parametrize("name", TABLES)
def test_another_charset_reaches_the_text_inside_every_file(standin: StandIn, name: str) -> None:
    standin.control.reset()
    good = fetched(standin, name)
    standin.control.add_fault({"kind": "wrong_charset", "after": 1 if name == "comtrade_bulk" else 0})
    bad = fetched(standin, name)
    inside: dict[str, Callable[[bytes], bytes]] = {
        "comtrade_bulk": gzip.decompress,
        "baci": lambda content: zipfile.ZipFile(io.BytesIO(content)).read("BACI_HS92_Y2021_V202501.csv"),
    }
    text = inside.get(name, lambda content: content)
    told, used = ("windows-1251", "utf-8") if name == "cbr" else ("utf-8", "utf-16")
    assert text(bad).decode(used) == text(good).decode(told)


def test_a_fault_can_be_aimed_at_one_request_by_its_query(standin: StandIn) -> None:
    standin.control.reset()
    standin.control.add_fault({"kind": "status", "status": 503, "match": "reportercode=757", "times": 0})
    with httpx.Client(base_url=standin.url, headers=KEY) as client:
        asked = "/comtradeapi.un.org/data/v1/get/C/A/HS?period=2023&cmdCode=TOTAL&reporterCode="
        assert [client.get(f"{asked}{code}").status_code for code in (757, 276, 757)] == [503, 200, 503]


def test_every_kind_is_known_and_an_unknown_one_is_refused(standin: StandIn) -> None:
    of_the_table = {"silent_cap", "retyped", "new_column", "missing_column", "duplicate_page"}
    assert of_the_table < set(KINDS)
    with httpx.Client(base_url=standin.url) as client:
        refusal = client.post("/_ctl/fault", json={"kind": "earthquake"})
    assert refusal.status_code == 400
    assert "silent_cap" in refusal.json()["error"]
