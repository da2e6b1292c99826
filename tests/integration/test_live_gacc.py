"""The tables of China's customs from the stand-in up to landing: the totals are its truth, a bad page is named."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from flows.ledger import Ledger, Outcome
from flows.settings import Settings
from flows.sources.http import Http
from flows.steps import fetch, land
from tests.standin.server import StandIn


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
    update = {"stand_in": standin.url, "history_from": 2024, "history_to": 2024, "http_tries": 2}
    return settings.model_copy(update={**update, "http_backoff_seconds": 0.0})


def ingest(settings: Settings) -> list[Outcome]:
    """One run up to landing."""
    ledger = Ledger(settings)
    http = Http(settings, ledger, sleep=lambda seconds: None)
    land.prepare(settings)
    plan = fetch.plan(settings, ledger, ["gacc"], http=http)
    fetched = [fetch.fetch_partition(settings, ledger, partition, http) for partition in plan.fetch]
    for record in land.pending(settings, ledger):
        land.land_file(settings, ledger, record)
    return [*plan.unreachable, *(land.restate(settings, outcome) for outcome in [*fetched, *plan.kept])]


def test_months_are_the_truth_and_the_page_with_two_currencies_is_refused(live: Settings, standin: StandIn) -> None:
    outcomes = ingest(live)
    assert len(outcomes) == 22, "eleven releases in two currencies"
    (bad,) = [outcome for outcome in outcomes if outcome.outcome == "failed"]
    assert bad.partition == "2024-06-USD"
    assert "the title says USD and the unit says CNY" in bad.reason
    assert not bad.stops_run
    truth = standin.office.truth()["gacc"]
    with land.landed(live) as con:
        found = con.execute(
            "select strftime(period_end, '%Y%m'), exports_month, imports_month from raw.gacc__preliminary_country "
            "where label = 'Total' and currency_code = 'USD' and exports_month is not null order by 1"
        ).fetchall()
    assert len(found) == 9
    for month, exports, imports in found:
        assert exports == Decimal(truth[month]["X_usd_million"].replace(",", "")), month
        assert imports == Decimal(truth[month]["M_usd_million"].replace(",", "")), month


def test_cumulative_figures_are_the_sum_of_the_true_months(live: Settings, standin: StandIn) -> None:
    ingest(live)
    truth = standin.office.truth()["gacc"]
    with land.landed(live) as con:
        found = con.execute(
            "select month(period_end), exports_cumulative, imports_cumulative from raw.gacc__preliminary_country "
            "where label = 'Total' and currency_code = 'USD' order by 1"
        ).fetchall()
    assert [month for month, _, _ in found] == [2, 3, 4, 5, 7, 8, 9, 10, 11, 12]
    for last, *figures in found:
        for flow, figure in zip("XM", figures, strict=True):
            mills = sum(truth[f"2024{month:02d}"][f"{flow}_mills"] for month in range(1, last + 1))
            assert abs(figure - Decimal(mills) / 10**9) <= Decimal("0.05"), (last, flow)


def test_a_second_run_fetches_only_the_bad_page_again_and_a_revision_is_a_new_vintage(
    live: Settings, standin: StandIn
) -> None:
    ingest(live)
    again = ingest(live)
    assert sorted(outcome.outcome for outcome in again) == ["failed", *["kept"] * 21]
    standin.office.world.revise("gacc", "156", "202412")
    for path in (live.raw / "gacc").rglob("*.json"):  # as if looked at on another day
        path.write_text(path.read_text().replace('"revision": "', '"revision": "older '), encoding="utf-8")
    revised = {outcome.partition for outcome in ingest(live) if outcome.outcome == "revised"}
    assert revised == {"2024-12-USD", "2024-12-CNY"}


@pytest.mark.parametrize(
    ("match", "kind", "options", "sentence"),
    [
        ("statics/report", "html", {}, "lists no table by country"),
        ("statics/report", "status", {"status": 500}, "out of order (500)"),
        ("-", "html", {}, "is not that of a table by country"),
        ("english.customs.gov.cn", "cut", {}, "broke"),
        ("english.customs.gov.cn", "rate_limit", {}, "too many requests"),
    ],
)
def test_a_fault_leaves_a_sentence_and_the_next_run_completes(
    live: Settings, standin: StandIn, match: str, kind: str, options: dict[str, Any], sentence: str
) -> None:
    standin.office.control.add_fault({"kind": kind, "match": match, "times": 0, **options})
    outcomes = ingest(live)
    assert {outcome.outcome for outcome in outcomes} == {"failed"}
    assert all("\n" not in outcome.reason for outcome in outcomes)
    assert any(sentence in outcome.reason for outcome in outcomes), outcomes[0]
    standin.office.control.reset()
    assert sorted(outcome.outcome for outcome in ingest(live))[:1] == ["failed"], "the page with two currencies"
    assert len([outcome for outcome in ingest(live) if outcome.outcome == "kept"]) == 21
