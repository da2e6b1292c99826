"""What other users of the machine may not read: made so, and made so again where an earlier version left it open."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from flows.ledger import Ledger
from flows.privacy import open_private
from flows.settings import Settings
from flows.transport.quotas import Quotas


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def _generous() -> object:
    """A umask that leaves everything open to everybody."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_generous")
def test_records_are_made_for_their_owner_alone(settings: Settings) -> None:
    ledger = Ledger(settings)
    with ledger.writing():
        run = ledger.start("run", {}, "")
        Quotas(settings).take("www.example.org", None)
    assert mode(settings.runs) == 0o700
    assert mode(settings.runs / f"{run.run_id}.json") == 0o600
    assert [mode(path) for path in (settings.quotas, settings.quotas / "www.example.org.json")] == [0o700, 0o600]


@pytest.mark.usefixtures("_generous")
def test_what_was_left_open_is_closed_by_the_next_writer(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.settings.ROOT", tmp_path)
    files = [
        tmp_path / ".env", settings.sql_history, settings.runs / "20240101T000000000-0000.json",
        settings.runs / "unit_tests" / "00.json", settings.prefect_home / "prefect.db",
        settings.prefect_home / "prefect.db-wal", settings.superset / "superset.db",
    ]  # fmt: skip
    for path in files:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")
        assert mode(path) == 0o666
    files[2].write_text(
        '{"run_id": "20240101T000000000-0000", "started_at": "2024-01-01T00:00:00Z", "state": "built"}', "utf-8"
    )
    with Ledger(settings).writing():
        pass
    assert {path.name: mode(path) for path in files} == {path.name: 0o600 for path in files}
    assert [mode(folder) for folder in (settings.runs, settings.prefect_home, settings.superset)] == [0o700] * 3
    assert mode(settings.warehouse) == 0o777, "the folder of the figures is its owner's to open or close"


@pytest.mark.usefixtures("_generous")
def test_a_private_file_is_private_before_anything_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "known").write_text("", encoding="utf-8")
    for name in ("new", "known"):
        with open_private(tmp_path / name, "a"):
            assert mode(tmp_path / name) == 0o600
