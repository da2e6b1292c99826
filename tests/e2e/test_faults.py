"""A handful of the faults of `make faults`, every kind of them: nothing is lost, and the next run completes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.conftest import Home
from tests.faults import campaign, disturbances, report
from tests.faults.kills import BOUNDARIES, Kill
from tests.faults.trial import Trials


@pytest.fixture(scope="module")
def trials(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Trials:
    return Trials(tmp_path_factory.mktemp("faults"), published.settings.published.resolve())


def hold(row: report.Row) -> None:
    assert row.broken == []
    assert row.completed == row.runs_after
    assert row.old + row.new >= row.tried
    assert row.tried or row.note, "a fault is tried, or it is said why not"


def test_a_kill_in_a_file_operation_loses_nothing(trials: Trials) -> None:
    row = campaign.carry_out(trials, "", campaign.in_operations(trials, share=25), 99, lambda row: None)
    hold(row)
    assert row.tried >= 6
    assert row.old, "some are killed before the release is out"
    assert row.new, "and some after it"


@pytest.mark.parametrize("name", ["register its rows", "publish", "swap a link"])
def test_a_kill_at_a_boundary_loses_nothing(trials: Trials, name: str) -> None:
    assert name in BOUNDARIES
    row = trials.killed([Kill("boundary", 1, name, after=True)])
    hold(row)
    assert row.tried == 1


def test_two_kills_in_turn_lose_nothing(trials: Trials) -> None:
    operations = len(trials.operations())
    row = trials.killed([Kill("operation", operations // 3), Kill("operation", operations // 2)])
    hold(row)
    assert row.tried == 2


@pytest.mark.parametrize(
    "disturb",
    disturbances.all_of_them(random.Random(7), few=True),
    ids=lambda each: getattr(each, "func", each).__name__,
)
def test_a_disturbance_loses_nothing(trials: Trials, disturb: disturbances.Disturbance) -> None:
    hold(disturb(trials))


def test_what_is_broken_is_told(trials: Trials, tmp_path: Path) -> None:
    small = trials.begin.copy(trials.folder / "trial")
    next((small.settings.raw / "fcs_quoted").rglob("*.csv")).unlink()
    small.settings.published.unlink()
    small.settings.published.write_bytes(b"neither")
    row = report.Row("planted")
    trials.at_once(small, row)
    trials.afterwards(small, row)
    said = " ".join(row.broken)
    for sentence in ("neither the old nor the new one", "readers cannot open", "lost in raw/: fcs_quoted"):
        assert sentence in said
    assert row.completed == 0
    assert "| planted |" in report.table([row])
    report.save(row, tmp_path / "planted.json")
    assert report.load(tmp_path / "planted.json") == row
