"""Each fault of a publisher, on the live sources of rates and indicators: one sentence, nothing half-landed, and
the next run completes. The publishers are the stand-in on loopback.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from flows.ledger import Ledger, Outcome, utc_now
from flows.settings import Settings
from flows.sources.http import Http
from flows.steps import fetch, land
from tests.standin.server import StandIn

SOURCES = ["ecb", "cbr", "world_bank"]
HOSTS = {"ecb": "data-api.ecb.europa.eu", "cbr": "www.cbr.ru", "world_bank": "api.worldbank.org"}


@pytest.fixture(scope="module")
def running() -> Iterator[StandIn]:
    with StandIn() as standin:
        yield standin


@pytest.fixture
def standin(running: StandIn) -> StandIn:
    running.office.control.reset()
    return running


@pytest.fixture
def live(settings: Settings, standin: StandIn) -> Settings:
    return settings.model_copy(
        update={
            "stand_in": standin.url,
            "history_from": 2024,
            "history_to": 2024,
            "currencies": ("USD", "CNY"),
            "indicators": ("SP.POP.TOTL",),
            "http_tries": 2,
            "http_backoff_seconds": 0.0,
            "http_timeout_seconds": 0.5,
        }
    )


def ingest(settings: Settings) -> list[Outcome]:
    """One run up to landing; the outcomes, of sources that could not be reached too."""
    ledger = Ledger(settings)
    http = Http(settings, ledger, sleep=lambda seconds: None)
    land.prepare(settings)
    plan = fetch.plan(settings, ledger, SOURCES, http=http)
    fetched = [fetch.fetch_partition(settings, ledger, partition, http) for partition in plan.fetch]
    for record in land.pending(settings, ledger):
        land.land_file(settings, ledger, record)
    return [*plan.unreachable, *(land.restate(settings, outcome) for outcome in [*fetched, *plan.kept])]


def totals(settings: Settings) -> list[tuple[Any, ...]]:
    tables = {
        "ecb__reference_rate": "obs_value", "cbr__daily_rate": "value_rub", "world_bank__indicator": "value",
    }  # fmt: skip
    parts = [
        f"select '{table}', count(*), sum({column}) from raw.{table} as record "
        "inner join raw.file as file on record.file_id = file.file_id and file.is_current"
        for table, column in tables.items()
    ]
    with land.landed(settings) as con:
        return con.execute(" union all ".join(parts) + " order by 1").fetchall()


def test_without_faults_everything_lands_and_the_second_run_sends_no_data_request(
    live: Settings, standin: StandIn
) -> None:
    assert {outcome.outcome for outcome in ingest(live)} == {"new"}
    before = len(standin.office.control.log)
    assert {outcome.outcome for outcome in ingest(live)} == {"kept"}
    asked = standin.office.control.log[before:]
    assert [(line["host"], line["query"]["per_page"]) for line in asked] == [("api.worldbank.org", "1")]


def test_a_revision_of_an_indicator_is_fetched_alone_and_the_old_values_stay(live: Settings, standin: StandIn) -> None:
    ingest(live)
    standin.office.world.revise("wdi", "CHN", "2024")
    outcomes = {outcome.source: outcome.outcome for outcome in ingest(live)}
    assert outcomes == {"ecb": "kept", "cbr": "kept", "world_bank": "revised"}
    with land.landed(live) as con:
        vintages = con.execute(
            "select file.is_current, record.value from raw.world_bank__indicator as record "
            "inner join raw.file as file on record.file_id = file.file_id "
            "where record.country_iso3 = 'CHN' order by file.fetched_at"
        ).fetchall()
    assert [current for current, _ in vintages] == [False, True]
    assert round(vintages[1][1] / vintages[0][1], 4) == Decimal("1.02")


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("rate_limit", {}, "too many requests"),
    ("quota", {}, "partial, resume after"),
    ("status", {"status": 500}, "out of order (500)"),
    ("status", {"status": 502}, "out of order (502)"),
    ("status", {"status": 404}, "refuses the request (404)"),
    ("html", {}, "web page"),
    ("cut", {}, "broke"),
    ("reset", {}, "broke"),
    ("slow", {"seconds": 10}, "was silent for 0.5 s"),
    ("revoked_key", {}, "does not accept the subscription key"),
    ("empty", {}, ""),
]

DAMAGES: list[tuple[str, str, dict[str, Any], str]] = [
    ("ecb", "wrong_charset", {}, "is written in UTF-16"),
    ("world_bank", "wrong_charset", {}, ""),
    ("ecb", "retyped", {"column": "OBS_VALUE"}, "not a decimal(18,8)"),
    ("ecb", "missing_column", {"column": "OBS_VALUE"}, ""),
    ("ecb", "duplicate_page", {}, "duplicate key"),
    ("cbr", "retyped", {}, "not a decimal(18,8)"),
    ("world_bank", "retyped", {"column": "value"}, "not a decimal(28,6)"),
    ("world_bank", "missing_column", {"column": "value"}, "is not the json"),
    ("world_bank", "duplicate_page", {}, "records where the World Bank counts"),
    ("world_bank", "silent_cap", {"rows": 5}, "records where the World Bank counts"),
]


def complete_again(live: Settings, standin: StandIn, source: str) -> None:
    """The next run, after the fault, ends with what a run without faults ends with."""
    standin.office.control.reset()
    Ledger(live).close_host(HOSTS[source], utc_now())
    again = ingest(live)
    assert {outcome.outcome for outcome in again} <= {"new", "revised", "kept"}, again
    clean = live.model_copy(update={"warehouse": live.warehouse.parent / "clean"})
    ingest(clean)
    assert totals(live) == totals(clean)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(("kind", "options", "sentence"), FAULTS, ids=lambda value: str(value)[:24])
def test_a_fault_leaves_a_sentence_and_nothing_half_landed_and_the_next_run_completes(
    live: Settings, standin: StandIn, source: str, kind: str, options: dict[str, Any], sentence: str
) -> None:
    control = standin.office.control
    control.add_fault({"kind": kind, "match": HOSTS[source], "times": 0, **options})
    bad = [outcome for outcome in ingest(live) if outcome.outcome not in ("new", "kept")]
    assert {outcome.outcome for outcome in bad} == {"waiting" if kind == "quota" else "failed"}
    assert {outcome.source for outcome in bad} == {source}, "the other sources landed"
    assert not any(outcome.stops_run for outcome in bad)
    assert all(sentence in outcome.reason and "\n" not in outcome.reason for outcome in bad), bad
    with land.landed(live) as con:
        landed = con.execute("select count(*) from raw.file where source_code = ? and is_current", [source]).fetchone()
    assert landed == (0,)
    complete_again(live, standin, source)


@pytest.mark.parametrize(("source", "kind", "options", "sentence"), DAMAGES, ids=lambda value: str(value)[:24])
def test_damaged_data_is_refused_and_fetched_again(
    live: Settings, standin: StandIn, source: str, kind: str, options: dict[str, Any], sentence: str
) -> None:
    ingest(live)
    before = totals(live)
    for path in (live.raw / source).rglob("*.json"):
        if path.name.count(".") == 1:
            path.write_text(path.read_text().replace('"revision": "', '"revision": "older '), encoding="utf-8")
    standin.office.control.add_fault({"kind": kind, "match": HOSTS[source], "times": 0, **options})
    bad = [outcome for outcome in ingest(live) if outcome.outcome == "failed"]
    assert {outcome.source for outcome in bad} == {source}
    assert all(sentence in outcome.reason for outcome in bad), bad
    assert totals(live) == before, "the last good files stand in"
    complete_again(live, standin, source)


def test_a_passing_fault_is_not_even_noticed(live: Settings, standin: StandIn) -> None:
    for kind in ("rate_limit", "status", "cut", "html"):
        standin.office.control.add_fault({"kind": kind, "times": 1})
    patient = live.model_copy(update={"http_tries": 6})
    assert {outcome.outcome for outcome in ingest(patient)} == {"new"}
