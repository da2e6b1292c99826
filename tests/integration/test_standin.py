"""The stand-in speaks as the publishers do, adds up to its own truth, breaks on demand and keeps a log."""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import httpx
import py7zr
import pytest

from flows.settings import ROOT
from standin import imf
from standin.economy import tau
from standin.server import StandIn
from tests.conftest import SAMPLES

RECORDED = SAMPLES / "comtrade-api-v1"
KEY = "a-key-of-the-test"
COMTRADE = "/comtradeapi.un.org"
PINNED = "partner2Code=0&customsCode=C00&motCode=0"
SDMX = {"Accept": "application/vnd.sdmx.data+csv;version=1.0.0"}


class Desk:
    """A running stand-in and a client for it."""

    def __init__(self, standin: StandIn) -> None:
        self.standin = standin
        self.client = httpx.Client(base_url=standin.url, timeout=30, headers={"User-Agent": "entrepot-test"})

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def keyed(self, path: str) -> httpx.Response:
        return self.client.get(COMTRADE + path, headers={"Ocp-Apim-Subscription-Key": KEY})

    def ctl(self, verb: str, method: str = "POST", **wanted: Any) -> Any:
        return self.client.request(method, f"/_ctl/{verb}", json=wanted).raise_for_status().json()


@pytest.fixture(scope="module")
def running() -> Iterator[Desk]:
    with StandIn() as standin:
        yield Desk(standin)


@pytest.fixture
def desk(running: Desk) -> Desk:
    running.ctl("reset")
    return running


def recorded(name: str) -> tuple[str, int, Any]:
    """Path and query of a recorded request, and the status and body that came."""
    path = RECORDED / name
    if not path.exists():
        pytest.skip("recorded answers are not here")
    capture = json.loads(path.read_text(encoding="utf-8"))
    parts = urlsplit(capture["request"]["url"])
    return f"{parts.path}?{parts.query}", capture["response"]["status"], json.loads(capture["response"]["body"])


def shape(value: Any) -> str:
    """The JSON type of a value; whole and broken numbers apart."""
    return type(value).__name__


@pytest.mark.parametrize(
    "name",
    [
        "ch_exports_2023", "ch_exports_2023_include_desc", "ch_exports_2023_breakdown_mode_classic",
        "ch_exports_2023_totals", "series_ch_27_2010_2021", "world_27_2023_imports", "partners_ch_total_2023",
    ],
)  # fmt: skip
def test_records_have_the_fields_and_types_recorded(desk: Desk, name: str) -> None:
    asked, status, body = recorded(f"get/{name}.json")
    answer = desk.keyed(asked)
    assert answer.status_code == status
    mine = answer.json()
    assert list(mine) == list(body)
    assert mine["count"] == len(mine["data"]) > 0
    for field in body["data"][0]:
        theirs = {shape(row[field]) for row in body["data"]}
        ours = {shape(row[field]) for row in mine["data"]}
        nullable = {"netWgt", "qty", "altQty", "grossWgt", "cifvalue", "fobvalue"}
        assert ours <= theirs | ({"NoneType", "float"} if field in nullable else set()), field
    assert list(mine["data"][0]) == list(body["data"][0])


def test_values_that_do_not_depend_on_the_world_are_those_recorded(desk: Desk) -> None:
    asked, _, body = recorded("get/ch_exports_2023_include_desc.json")
    theirs = next(row for row in body["data"] if row["customsCode"] == "C00" and row["motCode"] == 0)
    mine = next(row for row in desk.keyed(asked).json()["data"] if row["customsCode"] == "C00" and row["motCode"] == 0)
    own = {"fobvalue", "primaryValue"}
    assert {k: v for k, v in mine.items() if k not in own} == {k: v for k, v in theirs.items() if k not in own}


@pytest.mark.parametrize(
    "name",
    ["get/count_13_periods", "get/count_period_malformed", "get/unknown_reporter", "get/count_zero_ch_1900",
     "get_da/nobody_1900", "get_da/services_ebsdmx"],
)  # fmt: skip
def test_refusals_and_empty_answers_are_word_for_word(desk: Desk, name: str) -> None:
    asked, status, body = recorded(f"{name}.json")
    answer = desk.keyed(asked)
    mine = answer.json()
    assert answer.status_code == status
    mine.pop("elapsedTime", None), body.pop("elapsedTime", None)
    assert mine == body


def test_a_bad_key_and_a_rate_limit_are_word_for_word(desk: Desk) -> None:
    asked, status, body = recorded("get/invalid_key.json")
    desk.ctl("rules", keys=["another"])
    assert (desk.keyed(asked).status_code, desk.keyed(asked).json()) == (status, body)
    desk.ctl("rules", keys=None)
    asked, status, body = recorded("get/count_rate_limited.json")
    desk.ctl("fault", kind="rate_limit")
    answer = desk.keyed(asked)
    assert (answer.status_code, answer.json(), answer.headers["retry-after"]) == (status, body, "1")


@pytest.mark.parametrize(("verb", "name"), [("getDa", "get_da/ch_13_periods"), ("getMetadata", "get_metadata/ch_2023")])
def test_availability_and_notes_have_the_fields_recorded(desk: Desk, verb: str, name: str) -> None:
    _, _, body = recorded(f"{name}.json")
    rows = desk.keyed(f"/data/v1/{verb}/C/A/HS?reporterCode=757&period=2023").json()["data"]
    assert len(rows) == 1
    theirs, mine = body["data"][0], rows[0]
    assert [(k, shape(v)) for k, v in mine.items()] == [(k, shape(v)) for k, v in theirs.items()]
    if verb == "getMetadata":
        assert [(k, shape(v)) for k, v in mine["notes"][0].items()] == [
            (k, shape(v)) for k, v in theirs["notes"][0].items()
        ]
    else:
        assert mine["datasetCode"] == 20757202301202100


def test_live_updates_have_the_fields_recorded(desk: Desk) -> None:
    asked, _, body = recorded("get_live_update/latest.json")
    row = desk.keyed(asked).json()["data"][0]
    assert [(k, shape(v)) for k, v in row.items()] == [(k, shape(v)) for k, v in body["data"][0].items()]


def test_comtrade_adds_up_to_its_truth(desk: Desk) -> None:
    truth = desk.ctl("truth", "GET", source="comtrade")["comtrade"]
    for name in ("A|156|2023", "M|842|202305", "A|643|2021", "A|729|2012"):
        freq, reporter, period = name.split("|")
        asked = f"/data/v1/get/C/{freq}/HS?reporterCode={reporter}&period={period}&{PINNED}"
        rows = desk.keyed(asked).json()["data"]
        assert len(rows) == truth[name]["rows"]
        for flow in "XM":
            mine = [row for row in rows if row["flowCode"] == flow]
            total = Decimal(truth[name][f"{flow}_usd"])
            for level, world in (("TOTAL", True), ("TOTAL", False), (2, False), (4, True), (6, False), (6, True)):
                cells = [
                    Decimal(str(row["primaryValue"])) for row in mine
                    if (row["partnerCode"] == 0) == world
                    and ((row["cmdCode"] == "TOTAL") if level == "TOTAL" else len(row["cmdCode"]) == level)
                    and (level == "TOTAL" or row["cmdCode"] != "TOTAL")
                ]  # fmt: skip
                assert sum(cells) == total, (name, flow, level, world)


def test_months_add_up_to_the_year_and_every_level_can_be_asked_for(desk: Desk) -> None:
    asked = f"reporterCode=528&flowCode=M&partnerCode=0&{PINNED}"
    year = desk.keyed(f"/data/v1/get/C/A/HS?{asked}&period=2022&cmdCode=AG2").json()["data"]
    listed = ",".join(f"2022{month:02d}" for month in range(1, 13))
    months = desk.keyed(f"/data/v1/get/C/M/HS?{asked}&period={listed}&cmdCode=AG2").json()["data"]
    total = sum(Decimal(str(row["primaryValue"])) for row in months)
    assert sum(Decimal(str(row["primaryValue"])) for row in year) == total
    assert {row["refMonth"] for row in year} == {52}
    assert {row["cifvalue"] == row["primaryValue"] for row in months} == {True}
    wild = desk.keyed(f"/data/v1/get/C/A/HS?{asked}&period=2022&cmdCode=8*,27").json()["data"]
    assert {row["cmdCode"][:1] for row in wild} == {"8", "2"}
    assert {len(row["cmdCode"]) for row in wild} == {2, 4, 6}


def test_the_preview_stops_at_500_in_silence_and_names_in_lower_case_count(desk: Desk) -> None:
    asked = f"{COMTRADE}/public/v1/preview/C/A/HS?reportercode=156&period=2023&maxrecords=10"
    answer = desk.get(asked).json()
    assert (answer["count"], len(answer["data"]), answer["error"]) == (500, 500, "")
    assert desk.get(asked + "&countonly=true").json()["count"] > 500
    assert desk.get(f"{COMTRADE}/data/v1/get/C/A/HS?reporterCode=156").status_code == 401
    assert desk.get(f"{COMTRADE}/data/v1/get/C/A/HS?reporterCode=4&subscription-key={KEY}").json()["count"] == 0
    desk.ctl("rules", keyed_cap=100)
    assert desk.keyed("/data/v1/get/C/A/HS?reporterCode=156&period=2023").json()["count"] == 100


def test_a_revision_changes_one_dataset_and_its_tag_only(desk: Desk) -> None:
    def tags() -> dict[int, tuple[int, str, int, str]]:
        rows = desk.get(f"{COMTRADE}/public/v1/getDa/C/A/HS").json()["data"]
        return {
            row["datasetCode"]: (row["datasetChecksum"], row["lastReleased"], row["totalRecords"], row["firstReleased"])
            for row in rows
        }

    before, truth = tags(), desk.ctl("truth", "GET")
    assert desk.ctl("revise", source="comtrade", reporter=276, period="2023") == {"revision": 1}
    after = tags()
    changed = [code for code in before if before[code] != after[code]]
    assert changed == [20276202301202100]
    assert after[changed[0]][3] == before[changed[0]][3]
    now = desk.ctl("truth", "GET")
    assert [name for name in truth["comtrade"] if truth["comtrade"][name] != now["comtrade"][name]] == ["A|276|2023"]
    assert Decimal(now["comtrade"]["A|276|2023"]["X_usd"]) > Decimal(truth["comtrade"]["A|276|2023"]["X_usd"])
    assert truth["imf"] == now["imf"]
    notes = desk.get(f"{COMTRADE}/public/v1/getMetadata/C/A/HS?reporterCode=276&period=2023&showHistory=true").json()
    assert [note["publicationNote"][:7] for note in notes["data"][0]["notes"]] == ["New Dat", "Revised"]


@pytest.mark.parametrize(
    ("source", "subject", "period"),
    [
        ("imf", "DEU", "2023"), ("ecb", "CNY", "2023-05-17"), ("cbr", "CNY", "2023-05-17"), ("wdi", "DEU", "2023"),
        ("baci", "HS92", "V202601"), ("gacc", "156", "202305"), ("comext", "DE", "202405"),
        ("census", "imports", "202305"),
    ],
)  # fmt: skip
def test_every_source_can_be_revised_alone(desk: Desk, source: str, subject: str, period: str) -> None:
    before = desk.ctl("truth", "GET")
    desk.ctl("revise", source=source, subject=subject, period=period)
    after = desk.ctl("truth", "GET")
    assert [name for name in before if before[name] != after[name]] == [source]


def test_it_starts_as_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "standin", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            name, _, url = process.stdout.readline().strip().partition("=")
            assert name == "ENTREPOT_BASE_URL"
            assert httpx.get(f"{url}/_ctl/log").json() == {"count": 0, "requests": []}
            assert httpx.post(f"{url}/_ctl/fault", json={"kind": "unheard of"}).status_code == 400
        finally:
            process.terminate()


def test_late_reporters_can_be_released_and_datasets_withdrawn(desk: Desk) -> None:
    asked = f"{COMTRADE}/public/v1/getDa/C/A/HS?reporterCode=704&period=2024"
    assert desk.get(asked).json()["count"] == 0
    desk.ctl("release", reporter=704, period="2024")
    assert desk.get(asked).json()["count"] == 1
    desk.ctl("withdraw", reporter=704, period="2024")
    assert desk.get(asked).json()["count"] == 0


def test_the_world_holds_the_stories_it_promises(desk: Desk) -> None:
    truth = desk.ctl("truth", "GET", source="comtrade")["comtrade"]
    assert "A|643|2021" in truth
    assert "A|643|2022" not in truth
    assert ("A|736|2011" in truth, "A|736|2012" in truth, "A|729|2012" in truth) == (True, False, True)
    assert (truth["A|699|2022"]["classification"], truth["M|699|202206"]["classification"]) == ("H6", "H5")
    hidden = desk.keyed(f"/data/v1/get/C/A/HS?reporterCode=276&period=2023&cmdCode=93,999999&flowCode=X&{PINNED}")
    assert {row["cmdCode"] for row in hidden.json()["data"]} == {"999999"}
    hub = desk.keyed(f"/data/v1/get/C/A/HS?reporterCode=344&period=2023&cmdCode=TOTAL&partnerCode=842&{PINNED}").json()
    by_flow = {row["flowCode"]: row["primaryValue"] for row in hub["data"]}
    assert 0 < by_flow["RX"] <= by_flow["X"]


def test_an_importers_report_is_the_truth_and_its_freight(desk: Desk) -> None:
    true = desk.ctl("truth", "GET", source="world")["world"]["643|276|2021"]["fob_mills"] / 1000
    asked = f"/data/v1/get/C/A/HS?reporterCode=276&period=2021&partnerCode=643&cmdCode=TOTAL&flowCode=M&{PINNED}"
    seen = desk.keyed(asked).json()["data"][0]["primaryValue"]
    assert seen / true - 1 == pytest.approx(tau(643, 276), abs=0.005)


def test_bulk_files_hold_the_dataset_under_their_odd_names(desk: Desk) -> None:
    listed = desk.keyed("/bulk/v1/get/C/A/HS?reporterCode=729&period=2012").json()["data"]
    answer = desk.keyed(urlsplit(listed[0]["fileUrl"]).path)
    assert answer.headers["content-type"] == "application/TSV"
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(answer.content).decode()), delimiter="\t"))
    assert {"isnetWgtEstimated", "CIFValue", "datasetCode"} <= set(rows[0])
    kept = [row for row in rows if (row["customsCode"], row["motCode"]) == ("C00", "0")]
    total = sum(Decimal(r["primaryValue"]) for r in kept if r["cmdCode"] == "TOTAL" and r["partnerCode"] == "0")
    truth = desk.ctl("truth", "GET", source="comtrade")["comtrade"]["A|729|2012"]
    assert total == Decimal(truth["X_usd"]) + Decimal(truth["M_usd"])


def test_reference_files_are_asked_for_on_condition(desk: Desk) -> None:
    path = f"{COMTRADE}/files/v1/app/reference/Reporters.json"
    first = desk.get(path)
    assert first.content.startswith(b"\xef\xbb\xbf")
    assert desk.get(path, If_None_Match=first.headers["etag"]).status_code == 304
    names = desk.get(f"{COMTRADE}/files/v1/app/reference/ListofReferences.json").json()["results"]
    for entry in names:
        assert desk.get(COMTRADE + urlsplit(entry["fileuri"]).path).status_code == 200, entry["category"]


def test_imf_adds_up_and_keeps_groups_apart(desk: Desk) -> None:
    base = "/api.imf.org/external/sdmx/2.1/data/IMF.STA,IMTS,1.0.0/"
    truth = desk.ctl("truth", "GET", source="imf")["imf"]
    rows = list(csv.DictReader(io.StringIO(desk.get(base + "CHN+RUS.XG_FOB_USD..A+Q", **SDMX).text)))
    for freq in "AQ":
        for country in ("CHN", "RUS"):
            mine = [r for r in rows if (r["FREQUENCY"], r["COUNTRY"]) == (freq, country)]
            known = truth[f"{freq}|{country}|XG_FOB_USD"]
            assert len(mine) == known["rows"]
            alone = sum(int(r["OBS_VALUE"]) for r in mine if not r["COUNTERPART_COUNTRY"].startswith("G"))
            assert alone == known["economies_usd"]
    assert {r["DERIVATION_TYPE"] for r in rows if r["COUNTRY"] == "RUS" and r["TIME_PERIOD"] > "2022"} == {"E"}
    assert desk.get(base + "CN.XG_FOB_USD..A", **SDMX).text.count("\n") == 1
    everything = csv.DictReader(io.StringIO(desk.get(base + ".XG_FOB_USD..A", **SDMX).text))
    assert {row["COUNTERPART_COUNTRY"] for row in everything} >= set(imf.GROUPS), "each code of the recorded answer"
    part = desk.get(base + "USA.MG_CIF_USD.G001.M?startPeriod=2023&endPeriod=2023-M03", **SDMX).text
    assert [line.split(",")[5] for line in part.splitlines()[1:]] == ["2023-M01", "2023-M02", "2023-M03"]
    assert desk.client.get(base + "USA...A", headers={**SDMX, "User-Agent": "curl/8"}).status_code == 403


def test_central_banks_and_the_world_bank_add_up(desk: Desk) -> None:
    truth = desk.ctl("truth", "GET")
    text = desk.get("/data-api.ecb.europa.eu/service/data/EXR/D..EUR.SP00.A?format=csvdata").text
    for currency, known in truth["ecb"].items():
        mine = [row for row in csv.DictReader(io.StringIO(text)) if row["CURRENCY"] == currency]
        values = [Decimal(row["OBS_VALUE"]) for row in mine if row["OBS_VALUE"]]
        assert (len(mine), len(values), sum(values)) == (known["rows"], known["rates"], Decimal(known["sum"]))
    for known in truth["cbr"].values():
        asked = f"date_req1=01/01/2019&date_req2=31/12/2024&VAL_NM_RQ={known['id']}"
        answer = desk.get(f"/www.cbr.ru/scripts/XML_dynamic.asp?{asked}")
        records = ElementTree.fromstring(answer.content).findall("Record")
        values = [Decimal((record.findtext("Value") or "").replace(",", ".")) for record in records]
        assert (len(values), sum(values)) == (known["rows"], Decimal(known["sum"]))
    for indicator, known in truth["wdi"].items():
        rows: list[dict[str, Any]] = []
        pages = page = 1
        while page <= pages:
            asked = f"/api.worldbank.org/v2/country/all/indicator/{indicator}?format=json&per_page=50&page={page}"
            head, more = json.loads(desk.get(asked).text, parse_float=Decimal)
            pages, page = head["pages"], page + 1
            rows += [row for row in more if row["countryiso3code"] not in ("WLD", "EMU")]
        values = [row["value"] for row in rows if row["value"] is not None]
        assert (len(rows), len(values), sum(values)) == (known["rows"], known["values"], Decimal(known["sum"]))
    bad = desk.get("/api.worldbank.org/v2/country/XYZ/indicator/SP.POP.TOTL?format=json")
    assert (bad.status_code, bad.json()[0]["message"][0]["id"]) == (200, "120")
    daily = desk.get("/www.cbr.ru/scripts/XML_daily.asp?date_req=05/12/2022").content
    assert 'Date="03.12.2022"' in daily.decode("windows-1251")
    assert "Китайский юань" in daily.decode("windows-1251")


def test_baci_resumes_and_adds_up(desk: Desk) -> None:
    truth = desk.ctl("truth", "GET", source="baci")["baci"]
    for release in ("V202501", "V202601"):
        path = f"/www.cepii.fr/DATA_DOWNLOAD/baci/data/BACI_HS92_{release}.zip"
        whole = desk.get(path)
        tail = desk.get(path, Range=f"bytes={len(whole.content) // 2}-", If_Range=whole.headers["etag"])
        assert tail.status_code == 206
        packed = zipfile.ZipFile(io.BytesIO(whole.content[: len(whole.content) // 2] + tail.content))
        for name, known in truth.items():
            if name.startswith(f"{release}|"):
                text = packed.read(f"BACI_HS92_Y{name[-4:]}_{release}.csv").decode()
                rows = list(csv.DictReader(io.StringIO(text)))
                assert len(rows) == known["rows"]
                assert sum(Decimal(row["v"]) for row in rows) == Decimal(known["value_kusd"])
                assert sum(row["q"].strip() == "NA" for row in rows) == known["without_quantity"]
    assert any(row["k"] == "9999AA" for row in rows)
    assert any(row["k"].startswith("0") for row in rows)
    assert truth["V202501|2023"]["value_kusd"] != truth["V202601|2023"]["value_kusd"]
    assert desk.get(path, Range="bytes=99999999-").status_code == 416


def table(page: str) -> list[list[str]]:
    """The cells of a page's table, row by row, as a browser shows them."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [[html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)] for row in rows]


def gacc_page(desk: Desk, index: str, row: str, month: str) -> str:
    """The page of a month that an index links to."""
    host = "/english.customs.gov.cn"
    listed = desk.get(f"{host}/statics/report/{index}.html").text
    line = next(line for line in listed.split("<tr>") if row in line)
    found = re.search(rf'href="([^"]+)">{month}<', line)
    assert found is not None
    return desk.get(host + found[1]).text


def test_chinas_tables_have_their_shapes_and_quirks(desk: Desk) -> None:
    truth = desk.ctl("truth", "GET", source="gacc")["gacc"]
    usd = "Country/Region (in USD)"
    may = gacc_page(desk, "preliminary2023", usd, "May")
    rows = table(may)
    total = next(row for row in rows if row[0] == "Total")
    assert len(total) == 10
    assert (total[3], total[5]) == (truth["202305"]["X_usd_million"], truth["202305"]["M_usd_million"])
    assert any(row[0] == "\xa0\xa0of which: Germany" for row in rows)
    assert len([row for row in rows if len(row) == 10]) == 30
    both = table(gacc_page(desk, "preliminary2023", usd, "Jan-Feb"))
    assert {len(row) for row in both if row[0] in ("Total", "Russia")} == {7}
    assert "Mar 2022 (in RMB)" in gacc_page(desk, "preliminary2022", "Country/Region (in CNY)", "Mar")
    assert "Unit: USD1 Million" in gacc_page(desk, "preliminary", usd, "Jun")
    for period in ("202404", "202406"):
        desk.ctl("misprint", source="gacc", subject="156", period=period)
    june = gacc_page(desk, "preliminary", usd, "Jun")
    assert "(in USD)" in june
    assert "Unit: CNY 100 Million" in june
    exported = "Exports by Quantity and Value (in USD)"
    april, later = (
        {row[0].strip(): row[1:] for row in table(gacc_page(desk, "preliminary", exported, month))[3:]}
        for month in ("Apr", "May")
    )
    assert (len(april), len(april["Mobile phones"]), len(later["Mobile phones"])) == (31, 9, 9)
    assert (later["Mobile phones"][0], april["Mobile phones"][-1]) == ("10,000 Sets", "")
    bulletin = table(gacc_page(desk, "monthly2023", "Origin/Destination", "May"))
    exact = next(row for row in bulletin if row[0] == "TOTAL")
    assert int(exact[3].replace(",", "")) == round(truth["202305"]["X_mills"] / 1e6)
    assert truth["202305"]["X_mills"] > truth["202305"]["X_mills_preliminary"]
    assert len([row for row in bulletin if len(row) == 10]) == 249
    divisions = table(gacc_page(desk, "monthly2023", "Section and Division", "May"))
    fuels = next(row for row in divisions if row[0].startswith("27 "))
    assert len(fuels) == 7
    assert float(fuels[3].replace(",", "")) > 0
    desk.ctl("revise", source="gacc", subject="156", period="202305")
    assert gacc_page(desk, "preliminary2023", usd, "May") != may


def test_comext_adds_up_in_euro(desk: Desk) -> None:
    truth = desk.ctl("truth", "GET", source="comext")["comext"]["DE|202403"]
    base = "/ec.europa.eu/eurostat/api"
    data = f"{base}/comext/dissemination/sdmx/2.1/data/DS-045409"
    key = "M.DE..TOTAL..VALUE_IN_EUROS?startPeriod=2024-03&endPeriod=2024-03&format=SDMX-CSV"
    rows = list(csv.DictReader(io.StringIO(desk.get(f"{data}/{key}").text)))
    for flow, name in (("1", "M_eur"), ("2", "X_eur")):
        mine = [row for row in rows if row["flow"] == flow]
        assert (
            sum(int(row["OBS_VALUE"]) for row in mine if row["partner"].isalpha() and len(row["partner"]) == 2)
            == truth[name]
        )
        over_all = {row["partner"]: int(row["OBS_VALUE"]) for row in mine if len(row["partner"]) > 2}
        assert over_all["WORLD"] == over_all["INT_EU27_2020"] + over_all["EXT_EU27_2020"] == truth[name]
    file = "files?file=comext%2FCOMEXT_DATA%2FPRODUCTS%2Ffull_v2_202403"
    text = desk.get(f"{base}/dissemination/{file}.dat").text
    dat = [row for row in csv.DictReader(io.StringIO(text)) if row["REPORTER"] == "DE"]
    assert len(dat) == truth["dat_rows"]
    mine = [row for row in dat if len(row["PRODUCT_NC"]) == 8]
    assert len({(row["PARTNER"], row["PRODUCT_NC"], row["FLOW"]) for row in mine}) == truth["cells"] < len(mine)
    assert sum(int(row["VALUE_EUR"]) for row in mine if row["FLOW"] == "2") == truth["X_eur"]
    assert {row["STAT_PROCEDURE"] for row in mine} == {"1", "2"}
    assert "99RRR100" in {row["PRODUCT_NC"] for row in mine}
    with py7zr.SevenZipFile(io.BytesIO(desk.get(f"{base}/dissemination/{file}.7z").content)) as archive:
        assert archive.getnames() == ["full_202403.dat"]
    listed = desk.get(f"{base}/dissemination/files?dir=comext%2FCOMEXT_DATA%2FPRODUCTS").text
    assert listed.count("full_v2_2024") == 2 * 12
    union = desk.get(f"{data}/{key.replace('.DE.', '.EU27_2020.')}").text
    assert {row["partner"] for row in csv.DictReader(io.StringIO(union))} & {"DE", "FR", "NL"} == set()
    refused = desk.get(f"{data}/M.....?startPeriod=2024&format=SDMX-CSV")
    assert (refused.status_code, "EXTRACTION_TOO_BIG" in refused.text) == (413, True)


def test_census_answers_arrays_of_texts(desk: Desk) -> None:
    truth = desk.ctl("truth", "GET", source="census")["census"]
    base = "/api.census.gov/data/timeseries/intltrade"
    for area, letter, value in (("imports", "I", "GEN_VAL"), ("exports", "E", "ALL_VAL")):
        asked = (
            f"{base}/{area}/hs?get=CTY_CODE,CTY_NAME,{letter}_COMMODITY,{value}_MO,{value}_YR&time=2024-01&COMM_LVL=HS2"
        )
        head, *rows = desk.get(f"{asked}&key={KEY}").json()
        assert head == ["CTY_CODE", "CTY_NAME", f"{letter}_COMMODITY", f"{value}_MO", f"{value}_YR", "time", "COMM_LVL"]
        assert {type(cell) for row in rows for cell in row} == {str}
        alone = [row for row in rows if row[0] != "-" and not row[0].startswith("00")]
        known = truth[f"{area}|202401"]
        assert (len(alone), sum(int(row[3]) for row in alone)) == (known["rows_hs2"], known["usd"])
        assert sum(int(row[3]) for row in rows if row[0] == "-") == known["usd"]
    empty = desk.get(asked.replace("2024-01", "2031-01"))
    assert (empty.status_code, empty.content) == (204, b"")
    assert desk.get(f"{base}/imports/hs?get=NONSENSE&time=2024-01").status_code == 400


def test_the_log_counts_requests_and_never_shows_a_key(desk: Desk) -> None:
    desk.keyed("/data/v1/get/C/A/HS?reporterCode=4")
    desk.get(f"{COMTRADE}/data/v1/get/C/A/HS?reporterCode=4&subscription-key={KEY}")
    log = desk.ctl("log", "GET")
    assert [line["key"] for line in log["requests"]] == ["header", "query"]
    assert KEY not in json.dumps(log)


def test_quota_and_rate_of_calls_can_be_switched_on(desk: Desk) -> None:
    desk.ctl("rules", daily_quota={"comtradeapi.un.org": 2})
    codes = [desk.keyed("/data/v1/get/C/A/HS?reporterCode=4").status_code for _ in range(3)]
    assert codes == [200, 200, 403]
    body = desk.keyed("/data/v1/get/C/A/HS?reporterCode=4").json()
    assert body["message"] == "Out of call volume quota. Quota will be replenished in 03:14:17."
    desk.ctl("rules", daily_quota={}, calls_per_second=1)
    assert [desk.keyed("/data/v1/get/C/A/HS?reporterCode=4").status_code for _ in range(2)] == [200, 429]


ASKED = f"/data/v1/get/C/A/HS?reporterCode=757&period=2023&cmdCode=AG2&{PINNED}"


def test_faults_of_status_and_body(desk: Desk) -> None:
    good = desk.keyed(ASKED).json()
    desk.ctl("fault", kind="status", status=502, match="/data/v1/get/", times=2)
    assert [desk.keyed(ASKED).status_code for _ in range(3)] == [502, 502, 200]
    desk.ctl("fault", kind="html")
    page = desk.keyed(ASKED)
    assert (page.status_code, page.headers["content-type"][:9]) == (200, "text/html")
    desk.ctl("fault", kind="revoked_key", after=1)
    assert [desk.keyed(ASKED).status_code for _ in range(2)] == [200, 401]
    desk.ctl("fault", kind="silent_cap", rows=7)
    assert desk.keyed(ASKED).json()["count"] == 7
    desk.ctl("fault", kind="retyped", column="primaryValue", value="n/a")
    assert {row["primaryValue"] for row in desk.keyed(ASKED).json()["data"]} == {"n/a"}
    desk.ctl("fault", kind="new_column", column="novelty", value=1)
    assert "novelty" in desk.keyed(ASKED).json()["data"][0]
    desk.ctl("fault", kind="missing_column", column="cmdCode")
    assert "cmdCode" not in desk.keyed(ASKED).json()["data"][0]
    desk.ctl("fault", kind="duplicate_page")
    assert desk.keyed(ASKED).json()["count"] == 2 * good["count"]
    desk.ctl("fault", kind="empty")
    assert desk.keyed(ASKED).content == b""
    rates = "/data-api.ecb.europa.eu/service/data/EXR/D.CNY.EUR.SP00.A?format=csvdata&startPeriod=2024-12-20"
    desk.ctl("fault", kind="retyped", column="OBS_VALUE", value="n/a")
    assert {row["OBS_VALUE"] for row in csv.DictReader(io.StringIO(desk.get(rates).text))} == {"n/a"}
    desk.ctl("fault", kind="missing_column", column="OBS_VALUE")
    assert "OBS_VALUE" not in desk.get(rates).text
    desk.ctl("fault", kind="rate_limit", every=2, times=0)
    assert [desk.keyed(ASKED).status_code for _ in range(4)] == [200, 429, 200, 429]
    desk.ctl("fault", "DELETE")
    assert desk.keyed(ASKED).json() == good
    desk.ctl("fault", kind="wrong_charset", match="www.cbr.ru")
    daily = desk.get("/www.cbr.ru/scripts/XML_daily.asp?date_req=05/12/2022").content
    assert "Китайский юань" in daily.decode("utf-8")


def test_faults_of_the_wire(desk: Desk) -> None:
    good = desk.keyed(ASKED).json()
    desk.ctl("fault", kind="cut", at=100)
    with pytest.raises(httpx.RemoteProtocolError):
        desk.keyed(ASKED)
    desk.ctl("fault", kind="reset")
    with pytest.raises(httpx.HTTPError):
        desk.keyed(ASKED)
    desk.ctl("fault", kind="truncated_gzip")
    with pytest.raises((httpx.DecodingError, json.JSONDecodeError)):
        desk.keyed(ASKED).json()
    desk.ctl("fault", kind="slow", seconds=0.5)
    started = time.monotonic()
    assert desk.keyed(ASKED).json() == good
    assert time.monotonic() - started >= 0.4
    assert desk.keyed(ASKED).json() == good
    assert [line["fault"] for line in desk.ctl("log", "GET")["requests"]] == [
        None, "cut", "reset", "truncated_gzip", "slow", None,
    ]  # fmt: skip


def test_the_same_world_every_time(desk: Desk) -> None:
    with StandIn() as other:
        assert json.dumps(other.truth()) == json.dumps(desk.ctl("truth", "GET"))
