"""UN Comtrade's lists from the stand-in up to landing: one request per list, no data where nothing changed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flows.ledger import Outcome
from flows.settings import Settings
from flows.transport.http import Http
from standin.server import StandIn
from tests.live import landing, query

LISTS = {"Reporters", "partnerAreas", "HS", *(f"H{n}" for n in range(7))}


@pytest.fixture
def live(settings: Settings, standin: StandIn) -> Settings:
    return settings.model_copy(update={"stand_in": standin.url, "http_tries": 2, "http_backoff_seconds": 0.0})


def ingest(settings: Settings) -> list[Outcome]:
    """One run up to landing."""
    return landing(settings, ["comtrade_reference"])


def another_day(settings: Settings) -> None:
    """Make the lists at hand those of an earlier day."""
    for path in (settings.raw / "comtrade_reference").rglob("*.json"):
        if path.name.count(".") == 1:
            path.write_text(path.read_text().replace('"revision": "2', '"revision": "1'), encoding="utf-8")


def test_each_list_is_asked_for_once_and_again_only_on_condition(live: Settings, standin: StandIn) -> None:
    log = standin.office.control.log
    assert {(o.partition, o.outcome, o.rejects) for o in ingest(live)} == {(name, "new", 0) for name in LISTS}
    assert [line["status"] for line in log] == [200] * len(LISTS)
    log.clear()
    assert {outcome.outcome for outcome in ingest(live)} == {"kept"}
    assert not log, "the same day"
    another_day(live)
    assert {outcome.outcome for outcome in ingest(live)} == {"kept"}
    assert [(line["status"], line["bytes"]) for line in log] == [(304, 0)] * len(LISTS)
    assert all(line["headers"]["if-none-match"].startswith('"0x') for line in log)


def test_spellings_and_types_of_the_lists(live: Settings) -> None:
    ingest(live)
    reporters = query(
        live,
        "select reporter_iso2_code, reporter_iso3_code, valid_from::date::varchar, valid_to::date::varchar, is_group "
        "from raw.comtrade_reference__reporter where reporter_code in (156, 736) order by reporter_code",
    )
    assert reporters == [("CN", "CHN", "1900-01-01", None, False), ("SD", "SDN", "1900-01-01", "2011-12-31", False)]
    partners = "select partner_code, partner_iso3_code from raw.comtrade_reference__partner where is_group order by 1"
    assert query(live, partners) == [(97, "EUR"), (490, "S19"), (975, "R4")], "blanks at the end are gone"
    products = query(
        live,
        "select classification_code, bool_and((is_leaf = '1') = (n_digits = 6)) "
        "from raw.comtrade_reference__product group by all order by all",
    )
    assert [name for name, _ in products] == ["H0", "H1", "H2", "H3", "H4", "H5", "H6", "HS"]
    assert all(leaves_are_products for _, leaves_are_products in products)


def test_a_damaged_list_is_named_the_others_land_and_the_next_run_completes(live: Settings, standin: StandIn) -> None:
    standin.office.control.add_fault({"kind": "status", "status": 404, "match": "reference/H3.json", "times": 0})
    standin.office.control.add_fault({"kind": "html", "match": "reference/H5.json", "times": 1})
    outcomes = {outcome.partition: outcome for outcome in ingest(live)}
    assert {name for name, outcome in outcomes.items() if outcome.outcome == "new"} == LISTS - {"H3"}
    assert (outcomes["H3"].outcome, outcomes["H3"].stops_run) == ("failed", False)
    assert "refuses the request (404)" in outcomes["H3"].reason
    standin.office.control.reset()
    assert {outcome.partition for outcome in ingest(live) if outcome.outcome == "new"} == {"H3"}
    assert {outcome.outcome for outcome in ingest(live)} == {"kept"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"isLeaf": None}, "isLeaf of comtrade_reference.product are missing in entry 1"),
        ({"isLeaf": "maybe"}, "not one of 0, 1"),
        ({"aggrLevel": "six"}, "not an integer"),
    ],
)
def test_a_list_that_breaks_its_contract_is_refused_and_asked_for_again(
    live: Settings, standin: StandIn, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], reason: str
) -> None:
    real = Http.get

    def changed(self: Http, url: str, *args: Any, **kwargs: Any) -> Any:
        answer = real(self, url, *args, **kwargs)
        if not url.endswith("/H6.json") or not answer.content:
            return answer
        body = json.loads(answer.text())
        body["results"][0].update(change)
        body["results"][0] = {name: value for name, value in body["results"][0].items() if value is not None}
        return answer.model_copy(update={"content": json.dumps(body).encode()})

    with monkeypatch.context() as patch:
        patch.setattr(Http, "get", changed)
        (bad,) = [outcome for outcome in ingest(live) if outcome.outcome == "failed"]
    assert bad.partition == "H6"
    assert reason in bad.reason
    landed = "select count(*) > 0 from raw.comtrade_reference__product where classification_code = 'H6'"
    assert query(live, landed) == [(False,)]
    another_day(live)
    assert {outcome.partition for outcome in ingest(live) if outcome.outcome != "kept"} == {"H6"}, (
        "and not on condition"
    )
    assert query(live, landed) == [(True,)]
