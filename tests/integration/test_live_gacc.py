"""The tables of China's customs from the stand-in up to landing: what lands is what is printed, a bad page is named."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from flows.ledger import Outcome, utc_now
from flows.settings import Settings
from flows.steps import fetch, land
from flows.steps.fetching.span import Span
from standin.gacc import Gacc
from standin.gacc_page import Page, html
from standin.server import StandIn
from tests.customs import COLUMNS, SOURCES, figures_of, misprint, page_of
from tests.live import live_run

World = tuple[Settings, list[Outcome]]
SHORT = Span.between("2024-01", "2024-02")


@pytest.fixture
def live(settings: Settings, standin: StandIn) -> Settings:
    return settings.model_copy(update={**of_2024(standin), "http_tries": 2, "http_backoff_seconds": 0.0})


@pytest.fixture(scope="module")
def landed(running: StandIn, tmp_path_factory: pytest.TempPathFactory) -> World:
    """All pages of 2024, landed once; tests only look at them."""
    running.office.control.reset()
    misprint(running.office.world)
    settings = Settings(warehouse=tmp_path_factory.mktemp("gacc") / "warehouse").model_copy(update=of_2024(running))
    return settings, live_run(settings, SOURCES).outcomes


def of_2024(standin: StandIn) -> dict[str, Any]:
    return {"stand_in": standin.url, "history_from": 2024, "history_to": 2024}


def records(settings: Settings, table: str) -> list[dict[str, Any]]:
    with land.landed(settings) as con:
        cursor = con.execute(f"select * from raw.{table}")
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_every_table_lands_and_the_page_with_two_currencies_is_refused(landed: World) -> None:
    outcomes = landed[1]
    assert Counter(f"{outcome.source}__{outcome.table}" for outcome in outcomes) == {
        "gacc__preliminary_country": 22, "gacc__preliminary_commodity": 44,
        "gacc_bulletin__country": 12, "gacc_bulletin__division": 12,
    }  # fmt: skip
    (bad,) = [outcome for outcome in outcomes if outcome.outcome == "failed"]
    assert bad.partition == "2024-06-USD"
    assert "the title says USD and the unit says CNY" in bad.reason
    assert not bad.stops_run
    (odd,) = [outcome for outcome in outcomes if outcome.notice]
    assert (odd.partition, odd.rows) == ("2024-04-X-USD", 31)
    assert "lost its unit column" in odd.notice


@pytest.mark.parametrize("table", COLUMNS)
def test_rows_and_figures_of_every_page_are_the_printed_ones(landed: World, running: StandIn, table: str) -> None:
    truth = running.office.truth("gacc")["gacc"]["tables"]
    found = records(landed[0], table)
    pages = Counter(page_of(table, record) for record in found)
    assert len(pages) == {"gacc__preliminary_country": 21, "gacc__preliminary_commodity": 44}.get(table, 12)
    assert pages == {page: truth[page]["rows"] for page in pages}
    for record in found:
        printed = figures_of(table, truth[page_of(table, record)]["figures"][record["label"]])
        assert {name: record[name] for name in COLUMNS[table]} == printed, (record["title"], record["label"])


def test_the_first_figures_are_the_truth_and_the_bulletin_revises_them(landed: World, running: StandIn) -> None:
    truth = running.office.truth("gacc")["gacc"]
    first = [r for r in records(landed[0], "gacc__preliminary_country") if r["label"] == "Total"]
    final = {r["period_end"]: r for r in records(landed[0], "gacc_bulletin__country") if r["label"] == "TOTAL"}
    assert len(final) == 12
    for record in first:
        if record["currency_code"] == "USD":
            mills = sum(truth[f"2024{n:02d}"]["X_mills_preliminary"] for n in range(1, record["period_end"].month + 1))
            assert abs(record["exports_cumulative"] - Decimal(mills) / 10**9) <= Decimal("0.05"), record["title"]
            assert final[record["period_end"]]["exports_cumulative"] > 1000 * record["exports_cumulative"]
            assert abs(final[record["period_end"]]["imports_cumulative"] - 1000 * record["imports_cumulative"]) <= 50


def test_a_second_run_sends_no_data_request_and_a_revision_fetches_only_what_it_changed(
    landed: World, live: Settings, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    misprint(standin.office.world)
    shutil.copytree(landed[0].warehouse, live.warehouse)
    standin.office.control.log.clear()
    again = live_run(live, SOURCES).outcomes
    assert Counter(outcome.outcome for outcome in again) == {"kept": 89, "failed": 1}
    assert set(pages_asked_for(standin)) == refused(again), "only the page that was wrong is asked for again"
    standin.office.control.log.clear()
    third = live_run(live, SOURCES)
    assert pages_asked_for(standin) == [], "the same bytes came twice: not once more that day"
    (bad,) = third.failed
    assert "the title says USD and the unit says CNY" in bad.reason
    tomorrow = utc_now() + timedelta(days=1)
    with monkeypatch.context() as later:
        later.setattr(fetch, "utc_now", lambda: tomorrow)
        assert refused(live_run(live, SOURCES).outcomes) == refused(again)
    assert set(pages_asked_for(standin)) == refused(again)
    standin.office.world.revise("gacc", "156", "202412")
    standin.office.control.log.clear()
    revised = [outcome for outcome in live_run(live, SOURCES).outcomes if outcome.outcome == "revised"]
    assert {f"{outcome.table} {outcome.partition}" for outcome in revised} == {
        "preliminary_country 2024-12-USD", "preliminary_country 2024-12-CNY", "preliminary_commodity 2024-12-X-USD",
        "preliminary_commodity 2024-12-X-CNY", "country 2024-12", "division 2024-12",
    }  # fmt: skip
    assert len(set(pages_asked_for(standin)) - refused(again)) == 6
    with land.landed(live) as con:
        vintages = con.execute(
            "select count(*), count(*) filter (where is_current) from raw.file where partition_key = '2024-12-USD'"
        ).fetchone()
    assert vintages == (2, 1), "the old values stay as a vintage"


def pages_asked_for(standin: StandIn) -> list[str]:
    """Pages of tables asked for as a whole; an index, and the head of a page, hold no figure."""
    return [entry["path"] for entry in standin.office.control.log
            if entry["method"] == "GET" and "/statics/report/" not in entry["path"].lower()]  # fmt: skip


def refused(outcomes: list[Outcome]) -> set[str]:
    """Paths of the pages that were refused; they are asked for again until they are right or the same for the day."""
    return {outcome.url.partition("english.customs.gov.cn")[2] for outcome in outcomes if outcome.outcome == "failed"}


def test_a_saved_page_lands_through_the_inbox_without_a_request(live: Settings, standin: StandIn) -> None:
    customs = standin.office.publishers["english.customs.gov.cn"]
    assert isinstance(customs, Gacc)
    misprint(standin.office.world)
    saved = {
        "China's Total Export.html": Page(2024, 3, 4, "CNY"), "page (1).htm": Page(2024, 2, 6, "USD"),
        "bulletin.html": Page(2024, 5, 2, "USD", True), "divisions.html": Page(2024, 5, 4, "USD", True),
        "June.html": Page(2024, 6, 4, "USD"),
    }  # fmt: skip
    live.inbox.mkdir(parents=True)
    for name, page in saved.items():
        text = html(customs._page(page)).content.decode().replace("<head>", "<head><!-- saved from url=(1)x -->", 1)
        charset = "gb2312" if name.startswith("page") else "utf-8"
        (live.inbox / name).write_bytes(text.replace("utf-8", charset).encode(charset))
    (live.inbox / "news.html").write_text("<html><title>News</title></html>", encoding="utf-8")
    standin.office.control.log.clear()
    found = {outcome.partition: outcome for outcome in live_run(live.model_copy(), []).outcomes}
    assert not standin.office.control.log
    assert {key: outcome.rows for key, outcome in found.items() if outcome.source in SOURCES and outcome.rows} == {
        "inbox-2024-03-CNY": 30, "inbox-2024-02-M-USD": 34, "inbox-2024-05": found["inbox-2024-05"].rows,
    }  # fmt: skip
    assert "the title says USD and the unit says CNY" in found["inbox-2024-06-USD"].reason
    assert "no source recognises" in found["news.html"].reason
    with land.landed(live) as con:
        counts = con.execute(
            "select table_name, row_count from raw.file where partition_key = 'inbox-2024-05' order by 1"
        ).fetchall()
    assert counts == [("country", 249), ("division", 119)]


@pytest.mark.parametrize(
    ("match", "kind", "options", "sentence"),
    [
        ("statics/report", "html", {}, "lists no table by country"),
        ("statics/report", "status", {"status": 500}, "out of order (500)"),
        ("-", "html", {}, "is not that of the table by country"),
        ("-", "empty", {}, "is empty; nothing was taken from it"),
        ("-", "truncated_gzip", {}, "cut off"),
        ("english.customs.gov.cn", "cut", {}, "broke"),
        ("english.customs.gov.cn", "reset", {}, "broke"),
        ("english.customs.gov.cn", "quota", {}, "resume after"),
        ("english.customs.gov.cn", "rate_limit", {}, "too many requests"),
    ],
)
def test_a_fault_leaves_a_sentence_and_the_next_run_completes(
    live: Settings, standin: StandIn, match: str, kind: str, options: dict[str, Any], sentence: str
) -> None:
    standin.office.control.add_fault({"kind": kind, "match": match, "times": 0, **options})
    outcomes = live_run(live, SOURCES, SHORT).outcomes
    assert {outcome.outcome for outcome in outcomes} <= {"failed", "waiting"}
    assert all("\n" not in outcome.reason for outcome in outcomes)
    assert any(sentence in outcome.reason for outcome in outcomes), outcomes[0]
    standin.office.control.reset()
    shutil.rmtree(live.quotas)  # the day after, with a new quota
    assert {outcome.outcome for outcome in live_run(live, SOURCES, SHORT).outcomes} <= {"new", "revised"}
