"""Trouble of the machine is one sentence: a full disk, a folder without permission, from Python or from DuckDB."""

from __future__ import annotations

import errno
import gzip
import os
from pathlib import Path
from typing import IO

import duckdb
import pytest

from flows import recording
from flows.cli import main
from flows.doctor.examination import examine
from flows.errors import FileRefused, LandedDamaged, of_the_machine
from flows.ledger import Ledger, Run, files
from flows.settings import Settings
from flows.sources.base import Partition
from flows.steps import fetch, land
from tests.live import live_run

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/data/runs/x")
FULL_FOR_THE_ENGINE = duckdb.IOException('IO Error: Could not write file "/data/x": No space left on device')


@pytest.mark.parametrize("error", [FULL, FULL_FOR_THE_ENGINE])
def test_a_full_disk_is_said_in_a_sentence(error: Exception) -> None:
    assert of_the_machine(error).startswith("The disk is full: make room, then try again (")
    assert "/data/" in of_the_machine(error)


@pytest.mark.parametrize("error", [ValueError("No space left on device"), OSError("odd"), FileNotFoundError(2, "no")])
def test_anything_else_is_no_trouble_of_the_machine(error: Exception) -> None:
    assert of_the_machine(error) == ""


def test_the_command_ends_with_the_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def app() -> None:
        raise FULL

    monkeypatch.setattr(main, "app", app)
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 1
    assert "The disk is full" in capsys.readouterr().err


def test_the_record_of_the_run_has_it_too(settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(run: Run) -> None:
        raise FULL

    monkeypatch.setattr(recording, "describe", lambda settings, run, kind: None)
    with pytest.raises(OSError, match="No space"):
        recording.recorded(ledger, "run", work)
    (run,) = ledger.runs()
    assert (run.state, run.message[:16]) == ("failed", "The disk is full")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_record_that_the_disk_has_no_room_for_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It read "(No space left on device)" where the place should be."""

    def without_room(_: Path, mode: str) -> IO[str]:
        return Path("/dev/full").open(mode, encoding="utf-8")

    monkeypatch.setattr(files, "open_private", without_room)
    with pytest.raises(OSError, match="No space left") as full:
        files.write_json(tmp_path / "run.json", "{}")
    assert of_the_machine(full.value).startswith(
        f"The disk is full: make room, then try again ({tmp_path / 'run.json'})"
    )


def test_a_damaged_landed_file_is_said_with_what_to_do(settings: Settings) -> None:
    settings.warehouse.mkdir(parents=True)
    settings.landed.write_text("no database", encoding="utf-8")
    with pytest.raises(LandedDamaged, match="`entrepot doctor --repair` sets it aside"):
        live_run(settings, ["partner_quoted"])
    with pytest.raises(duckdb.BinderException), land.landed(Settings(warehouse=settings.warehouse / "other")) as con:
        con.execute("select nothing")


def test_a_damaged_landed_file_is_set_aside_and_all_lands_again(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was killed while DuckDB wrote a block may have left half a block."""
    monkeypatch.setattr(recording, "describe", lambda settings, run, kind: None)
    live_run(settings, ["partner_quoted"])

    def rows(run: Run) -> None:
        for record in land.pending(settings, ledger):
            land.land_file(settings, ledger, record)
        ledger.finish(run, "ingested", "")

    for damage in (b"no database", settings.landed.read_bytes()[:8000]):
        settings.landed.write_bytes(damage)
        recording.recorded(ledger, "ingest", rows)
        run = ledger.runs()[-1]
        assert run.state == "ingested"
        assert "landed.damaged.duckdb now, and every raw file lands again" in run.notices[0]
        assert settings.landed.with_name("landed.damaged.duckdb").read_bytes() == damage
        with land.landed(settings) as con:
            assert con.execute("select min(row_count) > 0 from raw.file").fetchone() == (True,)


def test_a_damaged_log_beside_it_is_damage_too(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "describe", lambda settings, run, kind: None)
    live_run(settings, ["partner_quoted"])
    left = settings.warehouse / "left.duckdb"
    with duckdb.connect(str(settings.landed)) as con:
        con.execute("set wal_autocheckpoint = '1GB'")
        con.execute("create table raw.more as select range as number from range(2000)")
        log = bytearray(settings.landed.with_name("landed.duckdb.wal").read_bytes())
        left.write_bytes(settings.landed.read_bytes())
    log[len(log) // 2] ^= 1
    left.replace(settings.landed)
    settings.landed.with_name("landed.duckdb.wal").write_bytes(log)
    (damage,) = [each for each in examine(ledger).findings if each.check == "landed_damaged"]
    assert "WAL" in damage.said
    recording.recorded(ledger, "run", lambda run: ledger.finish(run, "ingested", ""))
    assert "every raw file lands again" in ledger.runs()[-1].notices[0]
    assert not settings.landed.with_name("landed.duckdb.wal").exists()


def test_damage_met_on_the_way_is_set_aside_for_the_next_run(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "describe", lambda settings, run, kind: None)

    def work(run: Run) -> None:
        settings.landed.write_text("no database", encoding="utf-8")
        land.prepare(settings)

    recording.recorded(ledger, "run", work)
    (run,) = ledger.runs()
    assert run.state == "failed"
    assert run.message.endswith("landed.damaged.duckdb now, and every raw file lands again. Run again.")
    assert not settings.landed.exists()


def test_a_damaged_landed_file_stays_where_raw_files_are_gone(settings: Settings, ledger: Ledger) -> None:
    live_run(settings, ["partner_quoted"])
    next((settings.raw / "partner_quoted").rglob("*.csv")).unlink()
    settings.landed.write_text("no database", encoding="utf-8")
    with pytest.raises(LandedDamaged, match="`entrepot doctor --repair` sets it aside"):
        recording.recorded(ledger, "run", lambda run: None)
    assert settings.landed.read_text(encoding="utf-8") == "no database"


def test_a_kept_file_that_cannot_land_again_is_told_and_stops_nothing_else(settings: Settings) -> None:
    live_run(settings, ["partner_quoted", "fcs_quoted"])
    settings.landed.unlink()
    gone = next((settings.raw / "partner_quoted").rglob("*.csv"))
    gone.rename(settings.warehouse / "kept")
    run = live_run(settings, ["partner_quoted", "fcs_quoted"])
    told = {(outcome.source, outcome.table): outcome for outcome in run.outcomes}
    assert told["partner_quoted", "partner_trade"].outcome == "failed"
    assert "cannot be read (No such file or directory); put them back" in told["partner_quoted", "partner_trade"].reason
    assert told["fcs_quoted", "partner_trade"].rows > 0
    (settings.warehouse / "kept").rename(gone)
    run = live_run(settings, ["partner_quoted", "fcs_quoted"])
    assert {outcome.outcome for outcome in run.outcomes} == {"kept"}
    assert all(outcome.rows > 0 for outcome in run.outcomes)


def test_a_disk_that_fails_while_a_file_is_checked_is_not_told_as_a_damaged_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = tmp_path / "received"
    received.write_bytes(b"not gzip")
    part = Partition(source="s", table="t", key="k", revision="", url="https://a/b.gz", location="", suffix="csv.gz")
    with pytest.raises(FileRefused, match="came cut off or damaged"):
        fetch._check_transport(part, received, 8, "csv")

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error", str(received))

    monkeypatch.setattr(gzip, "open", fail)
    with pytest.raises(OSError, match="Input/output error") as trouble:
        fetch._check_transport(part, received, 8, "csv")
    assert of_the_machine(trouble.value).startswith("The disk reports errors")
