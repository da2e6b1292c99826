"""The controls of the stand-in: every publisher can publish a revision, take a period back and bring it out."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from flows.settings import ROOT
from standin.control import KINDS
from standin.gacc_page import pages
from standin.server import StandIn
from tests.integration.test_standin_faults import SDMX

_COMEXT = "/ec.europa.eu/eurostat/api/comext/dissemination/sdmx/2.1/data/DS-045409/M.DE..TOTAL..VALUE_IN_EUROS"
_CENSUS = "/api.census.gov/data/timeseries/intltrade/imports/hs"
_GACC = next(page.path for page in pages().values() if (page.year, page.last, page.section) == (2023, 5, 4))
# source: subject and period to publish, and an address whose answer shows them
SUBJECTS = {
    "comtrade": ("276", "2023", "/comtradeapi.un.org/public/v1/getDa/C/A/HS?reporterCode=276&period=2023"),
    "imf": ("DEU", "2023", "/api.imf.org/external/sdmx/2.1/data/IMF.STA,IMTS,1.0.0/DEU.XG_FOB_USD..A?startPeriod=2023"),
    "wdi": ("DEU", "2023", "/api.worldbank.org/v2/country/DEU/indicator/SP.POP.TOTL?format=json&date=2023"),
    "ecb": (
        "CNY", "2023-05-17",
        "/data-api.ecb.europa.eu/service/data/EXR/D.CNY.EUR.SP00.A?format=csvdata&startPeriod=2023-05-17&"
        "endPeriod=2023-05-18",
    ),
    "cbr": (
        "CNY", "2023-05-17",
        "/www.cbr.ru/scripts/XML_dynamic.asp?date_req1=17/05/2023&date_req2=18/05/2023&VAL_NM_RQ=R01375",
    ),
    "baci": ("HS92", "V202601", "/www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37"),
    "comext": ("DE", "202305", f"{_COMEXT}?startPeriod=2023-05&endPeriod=2023-05&format=SDMX-CSV"),
    "census": ("imports", "202305", f"{_CENSUS}?get=CTY_CODE,GEN_VAL_MO&time=2023-05"),
    "gacc": ("156", "202305", f"/english.customs.gov.cn{_GACC}"),
}  # fmt: skip


@pytest.fixture
def client(running: StandIn) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running.url, headers={**SDMX, "User-Agent": "entrepot-test"}, timeout=60) as client:
        client.post("/_ctl/reset")
        yield client


def control(client: httpx.Client, verb: str, **wanted: Any) -> Any:
    return client.post(f"/_ctl/{verb}", json=wanted).raise_for_status().json()


def test_every_publisher_is_under_control(running: StandIn) -> None:
    assert set(SUBJECTS) == {publisher.name for publisher in running.office.publishers.values()}


@pytest.mark.parametrize("source", SUBJECTS)
def test_a_revision_shows_and_what_is_withdrawn_is_gone_until_released(client: httpx.Client, source: str) -> None:
    subject, period, address = SUBJECTS[source]

    def seen() -> tuple[bytes, Any]:
        return client.get(address).content, client.get("/_ctl/truth", params={"source": source}).json()[source]

    first, known = seen()
    assert seen() == (first, known)
    assert control(client, "revise", source=source, subject=subject, period=period) == {"revision": 1}
    revised, revised_truth = seen()
    assert revised != first
    assert revised_truth != known
    assert control(client, "withdraw", source=source, subject=subject, period=period)
    gone, gone_truth = seen()
    assert gone not in (first, revised)
    assert gone_truth not in (known, revised_truth)
    assert control(client, "release", source=source, subject=subject, period=period)
    back, back_truth = seen()
    assert back_truth == revised_truth
    assert back == revised or source == "wdi", "the World Bank says on which day it was changed"


@pytest.mark.parametrize("source", SUBJECTS)
@pytest.mark.parametrize("verb", ["revise", "release", "withdraw"])
def test_what_a_publisher_does_not_have_is_refused_in_words(client: httpx.Client, source: str, verb: str) -> None:
    answer = client.post(f"/_ctl/{verb}", json={"source": source, "subject": "XXX", "period": "1812"})
    assert answer.status_code == 400
    assert f"{source} has no subject 'XXX'" in answer.json()["error"]


def test_a_source_nobody_speaks_for_is_refused_with_those_there_are(client: httpx.Client) -> None:
    answer = client.post("/_ctl/revise", json={"source": "oecd", "subject": "DEU", "period": "2023"})
    assert answer.status_code == 400
    assert "no source 'oecd'; there are baci, cbr, census" in answer.json()["error"]


README = (ROOT / "standin" / "README.md").read_text(encoding="utf-8")


def test_the_readme_names_every_publisher_with_a_subject_there_is_and_every_fault(running: StandIn) -> None:
    for publisher in running.office.publishers.values():
        (row,) = [line for line in README.splitlines() if line.startswith(f"| `{publisher.name}` |")]
        assert f"`{publisher.host}`" in row
        subject, *others = re.findall(r"`([^`]+)`", row.split("|")[4])
        period = next(text for text in others if re.match(r"[\dV]", text))
        assert publisher.knows(subject, period), row
    for kind in KINDS:
        assert f"`{kind}`" in README, kind


def test_it_starts_and_stops_on_request() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "standin", "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a test run in the background ignores it
    )  # fmt: skip
    assert process.stdout is not None
    address = process.stdout.readline().strip().removeprefix("ENTREPOT_BASE_URL=")
    assert httpx.get(f"{address}/_ctl/log").json() == {"count": 0, "requests": []}
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 0
