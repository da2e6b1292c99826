"""A clock that was set back, or ahead and then right, makes no file and no run win for ever."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows import ledger as ledger_module
from flows import verbs
from flows.doctor import surroundings
from flows.ledger import Ledger, raw_files, runs
from flows.machine import file_sha256
from flows.releases import place, retention
from flows.settings import Settings
from flows.steps import land, publish
from tests.live import live_run, outcomes

SOURCE = "partner_quoted"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
IN_TURN = {
    "was ahead, is right": (timedelta(days=3650), timedelta(0)),
    "is behind": (timedelta(0), timedelta(days=-2200)),
}


@pytest.fixture(params=IN_TURN.values(), ids=list(IN_TURN))
def in_turn(request: pytest.FixtureRequest) -> tuple[datetime, datetime]:
    """What the clock says first, and what later."""
    first, then = request.param
    return NOW + first, NOW + then


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    def at(moment: datetime) -> None:
        for module in (ledger_module, raw_files, runs, surroundings):
            monkeypatch.setattr(module, "utc_now", lambda: moment)

    return at


def test_what_was_fetched_later_counts_whatever_the_clock_says(
    settings: Settings, set_clock: Any, in_turn: tuple[datetime, datetime], caplog: pytest.LogCaptureFixture
) -> None:
    def fetched() -> str:
        (kind,) = outcomes(live_run(settings, [SOURCE])).values()
        return kind

    first, then = in_turn
    set_clock(first)
    assert fetched() == "new"
    path = settings.bundled / SOURCE / "partner_trade.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",12.1,", ",77.7,"), encoding="utf-8")
    set_clock(then)
    assert caplog.text == ""
    assert [fetched(), fetched()] == ["revised", "kept"]
    assert f"The clock of this machine says {then:%Y-%m-%d %H:%M}" in caplog.text
    with land.landed(settings) as con:
        files = con.execute("select is_current, known_from, known_to from raw.file order by known_from").fetchall()
        values = f"select file.is_current from raw.{SOURCE}__partner_trade inner join raw.file as file using (file_id) "
        assert con.execute(values + "where turnover_usd_bn = 77.7").fetchall() == [(True,)]
    (was_current, from_first, to_first), (is_current, from_second, to_second) = files
    assert (was_current, is_current, to_second) == (False, True, None)
    assert from_first < to_first == from_second, "no vintage ends before it begins"
    runs = Ledger(settings).runs()
    assert [len(run.changed) for run in runs] == [1, 1, 0], "runs stand in the order they were made in"
    assert all(run.finished_at and run.started_at < run.finished_at for run in runs)
    (finding,) = surroundings._clock(Ledger(settings))
    assert f"The clock says {then:%Y-%m-%d %H:%M} UTC" in finding.said
    ahead = "3 runs and 2 raw files have times that are still to come, the first run is"
    assert f"{ahead} {runs[0].run_id}." in finding.said


def test_what_was_published_later_is_the_newest_release(
    settings: Settings, set_clock: Any, in_turn: tuple[datetime, datetime]
) -> None:
    def released() -> str:
        ledger = Ledger(settings)
        run = ledger.start("run", {}, "code")
        path = settings.builds / run.run_id / "trade.duckdb"
        path.parent.mkdir(parents=True)
        path.write_bytes(run.run_id.encode())
        run.candidate_sha256 = file_sha256(path)
        publish.publish(settings, ledger, run, path)
        for folder in settings.releases.iterdir():
            os.utime(folder, (0, 0))  # no reader has it half open any more
        return run.run_id

    set_clock(in_turn[0])
    oldest = released()
    set_clock(in_turn[1])
    older, newest = released(), released()
    ledger = Ledger(settings)
    last = ledger.last_published()
    assert last is not None
    assert last.run_id == newest
    assert [each.path.name for each in retention.leftovers(settings, ledger, keep=2)] == [oldest]
    assert place.rollback_target(settings, ledger, None) == older
    assert verbs._point_back(settings, ledger, None)[1] == older


def test_a_warehouse_begins_again_before_records_from_the_future(
    settings: Settings, set_clock: Any, tmp_path: Path
) -> None:
    """As docs/how-to/doctor.md says: move away what is of then, and let a run fetch it again."""
    set_clock(NOW + timedelta(days=3650))
    live_run(settings, [SOURCE])
    set_clock(NOW)
    ledger = Ledger(settings)
    for run in ledger.runs():
        (settings.runs / f"{run.run_id}.json").rename(tmp_path / f"{run.run_id}.json")
    for number, record in enumerate(ledger.raw_files()):
        path = ledger.raw_path(record)
        path.with_name(f"{path.name.partition('.')[0]}.json").rename(tmp_path / f"{number}.json")
        path.rename(tmp_path / f"{number}.csv")
    settings.landed.rename(tmp_path / "landed.duckdb")
    assert outcomes(live_run(settings, [SOURCE])) != {}
    ledger = Ledger(settings)
    assert surroundings._clock(ledger) == []
    assert {record.fetched_at.date() for record in ledger.raw_files()} == {NOW.date()}


def test_a_clock_that_goes_on_is_what_is_recorded(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        before = datetime.now(UTC)
        moments = [Ledger(settings).start("run", {}, "").started_at for _ in range(3)]
    assert before < moments[0] < moments[1] < moments[2] < datetime.now(UTC)
    assert caplog.text == ""
    assert surroundings._clock(Ledger(settings)) == []
