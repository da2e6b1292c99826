"""The tables of China's customs from the stand-in up to landing: what lands is what is printed, a bad page is named."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from flows.ledger import Ledger, Outcome
from flows.settings import Settings
from flows.sources.http import Http
from flows.steps import fetch, land
from tests.standin.server import StandIn

SOURCES = ["gacc", "gacc_bulletin"]
SPANS = ("month", "cumulative")
OF_COUNTRY = [f"{flow}_{span}" for flow in ("total", "exports", "imports") for span in SPANS]
COLUMNS = {
    "gacc__preliminary_country": [*OF_COUNTRY, "yoy_total_pct", "yoy_exports_pct", "yoy_imports_pct"],
    "gacc__preliminary_commodity": [
        *(f"{what}_{span}" for span in (*SPANS, "cumulative_before") for what in ("quantity", "value")),
        "yoy_quantity_pct", "yoy_value_pct",
    ],
    "gacc_bulletin__country": [*OF_COUNTRY, "yoy_total_pct", "yoy_exports_pct", "yoy_imports_pct"],
    "gacc_bulletin__division": [
        *(f"{flow}_{span}" for flow in ("exports", "imports") for span in SPANS), "yoy_exports_pct", "yoy_imports_pct",
    ],
}  # fmt: skip
"""Figures of each landed table in the order in which they are printed."""

World = tuple[Settings, list[Outcome]]


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
    return settings.model_copy(update={**of_2024(standin), "http_tries": 2, "http_backoff_seconds": 0.0})


@pytest.fixture(scope="module")
def landed(running: StandIn, tmp_path_factory: pytest.TempPathFactory) -> World:
    """All pages of 2024, landed once; tests only look at them."""
    running.office.control.reset()
    settings = Settings(warehouse=tmp_path_factory.mktemp("gacc") / "warehouse").model_copy(update=of_2024(running))
    return settings, ingest(settings)


def of_2024(standin: StandIn) -> dict[str, Any]:
    return {"stand_in": standin.url, "history_from": 2024, "history_to": 2024}


def ingest(settings: Settings, until: str = "9999") -> list[Outcome]:
    """One run up to landing, of the pages up to a month."""
    ledger = Ledger(settings)
    http = Http(settings, ledger, sleep=lambda seconds: None)
    land.prepare(settings)
    plan = fetch.plan(settings, ledger, SOURCES, http=http)
    wanted = [partition for partition in plan.fetch if partition.key[:7] <= until]
    fetched = [fetch.fetch_partition(settings, ledger, partition, http) for partition in wanted]
    for record in land.pending(settings, ledger):
        land.land_file(settings, ledger, record)
    return [*plan.unreachable, *(land.restate(settings, outcome) for outcome in [*fetched, *plan.kept])]


def records(settings: Settings, table: str) -> list[dict[str, Any]]:
    with land.landed(settings) as con:
        cursor = con.execute(f"select * from raw.{table}")
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def page_of(table: str, record: dict[str, Any]) -> str:
    """The name under which the stand-in knows the page of a record."""
    release, kind = table.split("__")
    section = {"X": 5, "M": 6}.get(record.get("flow_code", ""), 2 if (release, kind) == (SOURCES[1], "country") else 4)
    return f"{record['period_end']:%Y-%m} {section} {record['currency_code'] if release == 'gacc' else 'bulletin'}"


def figures_of(table: str, cells: list[str]) -> list[Decimal | None]:
    """Printed cells as figures, one per column; nothing where the page has no month."""
    if table == "gacc__preliminary_commodity":
        cells = cells[1:] if cells[-1] else cells[:-1]  # the page that lost its units has a blank at the end
    figures = iter(None if cell == "-" else Decimal(cell.replace(",", "")) for cell in cells)
    without_month = len(cells) < len(COLUMNS[table])
    return [None if without_month and name.endswith("_month") else next(figures) for name in COLUMNS[table]]


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
        printed = truth[page_of(table, record)]["figures"][record["label"]]
        assert [record[name] for name in COLUMNS[table]] == figures_of(table, printed), (record["title"], printed)


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
    landed: World, live: Settings, standin: StandIn
) -> None:
    shutil.copytree(landed[0].warehouse, live.warehouse)
    standin.office.control.log.clear()
    again = ingest(live)
    assert Counter(outcome.outcome for outcome in again) == {"kept": 89, "failed": 1}
    assert pages_asked_for(standin) == [path for path in pages_asked_for(standin) if path in refused(again)]
    standin.office.world.revise("gacc", "156", "202412")
    standin.office.control.log.clear()
    revised = [outcome for outcome in ingest(live) if outcome.outcome == "revised"]
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
    """Paths of the pages that were refused; they are asked for again until they are right."""
    return {outcome.url.partition("english.customs.gov.cn")[2] for outcome in outcomes if outcome.outcome == "failed"}


@pytest.mark.parametrize(
    ("match", "kind", "options", "sentence"),
    [
        ("statics/report", "html", {}, "lists no table by country"),
        ("statics/report", "status", {"status": 500}, "out of order (500)"),
        ("-", "html", {}, "is not that of the table by country"),
        ("english.customs.gov.cn", "cut", {}, "broke"),
        ("english.customs.gov.cn", "rate_limit", {}, "too many requests"),
    ],
)
def test_a_fault_leaves_a_sentence_and_the_next_run_completes(
    live: Settings, standin: StandIn, match: str, kind: str, options: dict[str, Any], sentence: str
) -> None:
    standin.office.control.add_fault({"kind": kind, "match": match, "times": 0, **options})
    outcomes = ingest(live, until="2024-02")
    assert {outcome.outcome for outcome in outcomes} == {"failed"}
    assert all("\n" not in outcome.reason for outcome in outcomes)
    assert any(sentence in outcome.reason for outcome in outcomes), outcomes[0]
    standin.office.control.reset()
    assert all(outcome.outcome in ("new", "revised") for outcome in ingest(live, until="2024-02"))
