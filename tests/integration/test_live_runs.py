"""Runs after runs: nothing is fetched twice, a revision alone is, and narrower or wider questions undo nothing."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from flows.cli import run_report
from flows.ingest.backfill import Request
from flows.ledger import Ledger, Run
from flows.releases import summary
from flows.settings import Settings
from flows.sources import cbr, ecb
from flows.steps import land
from standin.server import StandIn
from tests.live import LITTLE, current, live_run, outcomes

SOURCES = ["ecb", "cbr", "world_bank", "imf_imts", "comtrade_api"]
PLANNING = ("/dataflow/", "/getDa/")


@pytest.fixture
def live(settings: Settings, standin: StandIn) -> Settings:
    return settings.model_copy(update={**LITTLE, "stand_in": standin.url, "history_from": 2023, "history_to": 2023})


def data_requests(standin: StandIn, since: int) -> list[str]:
    """Addresses asked for, those left out by which a run finds out what is new."""
    lines = standin.office.control.log[since:]
    asked = [(f"{line['host']}{line['path']}", line["query"]) for line in lines]
    return [path for path, query in asked if query.get("per_page") != "1" and not any(p in path for p in PLANNING)]


def backfill(settings: Settings, **asked: Any) -> Run:
    request = Request(**asked)
    return live_run(request.over(settings), request.sources, request.span)


def test_a_second_run_sends_no_data_request(live: Settings, standin: StandIn) -> None:
    assert set(outcomes(live_run(live, SOURCES)).values()) == {"new"}
    before = len(standin.office.control.log)
    again = live_run(live, SOURCES)
    assert set(outcomes(again).values()) == {"kept"}
    assert data_requests(standin, before) == []
    assert again.state == "ingested"
    plans = [line["path"] for line in standin.office.control.log[before:] if "getDa" in line["path"]]
    assert len(plans) == 1, "a publisher is asked once what it has"


def test_what_a_bank_puts_right_in_a_closed_year_is_found_a_quarter_later(
    live: Settings, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def runs_on(day: str) -> tuple[dict[str, str], list[Any]]:
        for module in (ecb, cbr):
            monkeypatch.setattr(module, "utc_now", lambda: datetime.fromisoformat(f"{day}T12:00:00+00:00"))
        before = len(standin.office.control.log)
        found = outcomes(live_run(live, ["ecb", "cbr"]))
        return found, [line["status"] for line in standin.office.control.log[before:]]

    assert set(runs_on("2024-08-20")[0].values()) == {"new"}
    standin.office.world.revise("ecb", "CNY", "2023-05-17")
    standin.office.world.revise("cbr", "CNY", "2023-05-17")
    seen, asked = runs_on("2024-09-30")
    assert (set(seen.values()), asked) == ({"kept"}, [])
    seen, asked = runs_on("2024-10-01")
    assert {name for name, kind in seen.items() if kind == "revised"} == {"ecb/2023", "cbr/CNY-2023"}
    assert seen["cbr/USD-2023"] == "kept"
    assert asked == [200] * 4
    seen, asked = runs_on("2025-01-02")
    assert (set(seen.values()), sorted(asked)) == ({"kept"}, [200, 200, 200, 304]), "the ECB sends nothing twice"
    assert runs_on("2025-01-02")[1] == []


def test_only_revised_partitions_are_fetched_and_the_run_says_what_changed(
    live: Settings, standin: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    live_run(live, SOURCES)
    standin.office.world.revise("imf", "CHN", "2023")
    standin.office.world.revise("comtrade", "156", "2023")
    before, earlier = len(standin.office.control.log), current(live, "imf_imts__partner_trade")
    run = live_run(live, SOURCES)
    changed = {name for name, kind in outcomes(run).items() if kind == "revised"}
    assert changed == {"imf_imts/A-CHN", "comtrade_api/A", "comtrade_api/A-156", "comtrade_api/A-156-2023"}
    hosts = {path.partition("/")[0] for path in data_requests(standin, before)}
    assert hosts == {"api.imf.org", "comtradeapi.un.org"}
    later = current(live, "imf_imts__partner_trade")
    (outcome,) = [o for o in run.outcomes if o.source == "imf_imts"]
    assert outcome.difference is not None
    assert (outcome.difference.rows_before, outcome.difference.rows_added) == (len(earlier), 0)
    (change,) = outcome.difference.changes
    exports = [[row for row in rows if "XG_FOB_USD" in row] for rows in (earlier, later)]
    assert change.column == "value_usd"
    assert change.values == len(exports[0]) > 0
    sums = [sum(cell for row in rows for cell in row if isinstance(cell, Decimal)) for rows in exports]
    assert [change.before, change.after] == sums
    assert sums[1] > sums[0]
    assert [row["table"] for row in summary.values_table(run)].count("imf_imts/partner_trade") == 1
    text = summary.markdown(live, run)
    assert f"| imf_imts/partner_trade | value_usd | {change.values:,} | {change.before:,} | {change.after:,} |" in text
    run_report.show_status(live, Ledger(live), as_json=False)
    said = " ".join(capsys.readouterr().out.split())
    assert f"What run {run.run_id} brought" in said
    assert (
        f"│ revised │ imf_imts/partner_trade/A-CHN │ {len(earlier)} │ {len(later)} │ 0 │ 0 │ {change.values} │" in said
    )
    assert f"│ imf_imts/partner_trade │ value_usd │ {change.values} │ {change.before:,.0f}" in said
    with land.landed(live) as con:
        vintages = con.execute(
            "select is_current, known_to is null, row_count from raw.file where source_code = 'imf_imts' "
            "order by fetched_at"
        ).fetchall()
    assert vintages == [(False, False, len(earlier)), (True, True, len(later))], "the old values stay as a vintage"


def test_a_wider_backfill_stays_when_the_ordinary_runs_go_on(live: Settings, standin: StandIn) -> None:
    live_run(live, SOURCES)
    wide = backfill(live, sources=SOURCES, first="2021", last="2022", reporters=["DEU", "CHN"])
    kinds = outcomes(wide)
    assert kinds["imf_imts/A-DEU"] == "new"
    assert kinds["imf_imts/A-CHN"] == kinds["world_bank/SP.POP.TOTL"] == "revised", "their one file grows"
    assert kinds["comtrade_api/A-276-2021"] == "new"
    assert "comtrade_api/A-156-2023" not in kinds, "not in the range"
    tables = ("imf_imts__partner_trade", "world_bank__indicator", "comtrade_api__availability", "comtrade_api__trade")
    held = {table: current(live, table) for table in tables}
    before = len(standin.office.control.log)
    ordinary = live_run(live, SOURCES)
    assert set(outcomes(ordinary).values()) == {"kept"}
    assert data_requests(standin, before) == []
    standin.office.world.revise("imf", "CHN", "2022")
    assert outcomes(live_run(live, SOURCES))["imf_imts/A-CHN"] == "revised", "also in a year only the backfill asked"
    assert {table: len(current(live, table)) for table in tables} == {table: len(rows) for table, rows in held.items()}
    again = backfill(live, sources=SOURCES, first="2021", last="2022", reporters=["DEU", "CHN"])
    assert set(outcomes(again).values()) == {"kept"}, "DEU was asked for again, by the IMF's date, and is the same"


def test_a_narrower_backfill_takes_nothing_away(live: Settings, standin: StandIn) -> None:
    live_run(live, SOURCES)
    before = len(standin.office.control.log)
    narrow = backfill(live, sources=SOURCES, first="2023", last="2023", reporters=["CHN"], partners=["RUS"])
    assert set(outcomes(narrow).values()) == {"kept"}
    assert data_requests(standin, before) == []


def test_what_was_asked_with_one_partner_grows_to_all(live: Settings, standin: StandIn) -> None:
    traders = ["imf_imts", "comtrade_api"]
    asked = {"sources": traders, "first": "2023", "last": "2023", "reporters": ["CHN"]}
    backfill(live, **asked, partners=["RUS"])
    one = len(current(live, "comtrade_api__trade"))
    backfill(live, **asked, partners=["DEU"])
    two = current(live, "comtrade_api__trade")
    assert one < len(two)
    assert set(outcomes(backfill(live, **asked, partners=["RUS"])).values()) == {"kept"}
    live_run(live, traders)
    assert len(current(live, "comtrade_api__trade")) > len(two)
    assert set(outcomes(backfill(live, **asked, partners=["RUS"])).values()) == {"kept"}


def test_months_of_a_range_are_fetched_and_no_others(live: Settings, standin: StandIn) -> None:
    run = backfill(
        live,
        sources=["comtrade_api", "ecb"],
        first="2023-03",
        last="2023-05",
        reporters=["CHN"],
        frequencies=["A", "M"],
    )
    found = [name for name in outcomes(run) if name.startswith(("comtrade_api/A-156-", "comtrade_api/M-156-", "ecb"))]
    assert found == [
        "comtrade_api/A-156-2023", "comtrade_api/M-156-202303", "comtrade_api/M-156-202304",
        "comtrade_api/M-156-202305", "ecb/2023",
    ]  # fmt: skip


def test_a_quota_ends_a_backfill_as_partial_and_the_next_day_it_goes_on(live: Settings, standin: StandIn) -> None:
    asked = {"sources": ["comtrade_api", "cbr"], "first": "2019", "last": "2023", "reporters": ["CHN"]}
    poor = live.model_copy(update={"requests_per_day": ("comtradeapi.un.org=5",)})
    run = backfill(poor, **asked)
    kinds = outcomes(run)
    assert run.state == "partial"
    assert list(kinds.values()).count("waiting") == 3, kinds
    assert run.failed == []
    assert all(kind == "new" for name, kind in kinds.items() if name.startswith("cbr/"))
    assert "partial, resume after 00:00 UTC" in run.message
    asked_before = len(data_requests(standin, 0))
    assert len([line for line in standin.office.control.log if line["host"] == "comtradeapi.un.org"]) == 5
    rest = backfill(live, **asked)
    assert rest.state == "ingested"
    assert list(outcomes(rest).values()).count("new") == 3
    assert len(data_requests(standin, 0)) == asked_before + 3, "what was fetched before the quota ended is not again"
    assert Ledger(live).runs()[-1].message.startswith("3 new")
