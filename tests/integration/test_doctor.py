"""Every corruption that is planted is found, what can be repaired is, and a healthy warehouse has nothing wrong."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from flows.contracts.relations import workings_of
from flows.doctor import surroundings
from flows.doctor.examination import examine, repair
from flows.errors import WriterBusy
from flows.ledger import Ledger, RawFileRecord, utc_now
from flows.releases import place
from flows.settings import Settings
from flows.steps import land
from flows.steps.building import room
from flows.steps.landing.damage import SET_ASIDE
from tests.conftest import Home

STALE = "20200101T000000000-abcd"


@pytest.fixture
def sound(published: Home, tmp_path: Path) -> Ledger:
    """The ledger of a copy of a published warehouse."""
    unneeded = shutil.ignore_patterns(".prefect", ".dbt", "data_docs*")
    shutil.copytree(published.folder, tmp_path / "home", symlinks=True, ignore=unneeded)
    settings = Home(tmp_path / "home").settings
    return Ledger(settings.model_copy(update={"followers": ("parquet", "page"), "lock_timeout_seconds": 0.2}))


def raw(ledger: Ledger) -> RawFileRecord:
    return next(record for record in ledger.raw_files("gacc_quoted") if record.table == "commodity_trade")


def sidecar(ledger: Ledger) -> Path:
    path = ledger.raw_path(raw(ledger))
    return path.with_name(f"{path.name.partition('.')[0]}.json")


def in_landed(ledger: Ledger, sql: str) -> None:
    with land.landed(ledger.settings) as con:
        con.execute(sql)


def flip(path: Path, at: int) -> None:
    with path.open("r+b") as handle:
        handle.seek(at)
        handle.write(b"\xff" * 4096)


def make(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def release(ledger: Ledger) -> Path:
    return place.release_path(ledger.settings, ledger.published_run_id() or "")


def forget(ledger: Ledger) -> None:
    in_landed(ledger, "delete from raw.file where table_name = 'commodity_trade'")


def untell(ledger: Ledger) -> None:
    in_landed(ledger, "delete from raw.gacc_quoted__commodity_trade")
    in_landed(ledger, "update raw.file set row_count = 0 where table_name = 'commodity_trade'")


def copy_over_link(ledger: Ledger) -> None:
    shutil.copyfile(release(ledger), ledger.settings.warehouse / "x")
    (ledger.settings.warehouse / "x").replace(ledger.settings.published)


def relink(link: Path, to: str) -> None:
    link.unlink()
    link.symlink_to(to)


def rewrite(path: Path, **values: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | values), encoding="utf-8")


def dead_run(ledger: Ledger, state: str = "running") -> None:
    run = ledger.start("run", {}, "")
    run.was_killed, run.state = state != "running", state  # type: ignore[assignment]
    ledger.save(run)
    make(ledger.settings.builds / run.run_id / "trade.duckdb")


def in_the_future(ledger: Ledger) -> None:
    rewrite(sidecar(ledger), fetched_at=(utc_now() + timedelta(days=900)).isoformat())


def stamps(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


# What is planted, the check that finds it, and whether it can be repaired.
PLANTED: list[tuple[str, Callable[[Ledger], object], str, bool]] = [
    ("raw file deleted", lambda at: at.raw_path(raw(at)).unlink(), "raw_file_missing", False),
    ("raw file altered", lambda at: at.raw_path(raw(at)).write_bytes(b"x"), "raw_file_altered", False),
    ("record deleted", lambda at: sidecar(at).unlink(), "half_written", True),
    ("record emptied", lambda at: sidecar(at).write_text(""), "record_unreadable", False),
    ("record in the future", in_the_future, "clock", False),
    ("run record cut off", lambda at: make(at.settings.runs / f"{STALE}.json", "{"), "record_unreadable", False),
    ("bytes received in part", lambda at: make(at.settings.raw / ".receiving-x" / "received"), "half_written", True),
    ("temporary of a record", lambda at: make(at.settings.runs / ".x.json.1.tmp"), "half_written", True),
    ("temporary of a link", lambda at: make(at.settings.warehouse / ".trade.duckdb.1.new"), "half_written", True),
    ("landed, head gone", lambda at: flip(at.settings.landed, 0), "landed_damaged", True),
    ("landed, cut off", lambda at: os.truncate(at.settings.landed, 1_000_000), "landed_damaged", True),
    ("landed, not a database", lambda at: at.settings.landed.write_text("x"), "landed_damaged", True),
    ("landed, its own table gone", lambda at: in_landed(at, "drop table raw.file"), "landed_damaged", True),
    ("landed, log left", lambda at: make(Path(f"{at.settings.landed}.wal")), "write_ahead_log", True),
    ("rows deleted", lambda at: in_landed(at, "delete from raw.gacc_quoted__commodity_trade"), "landed_rows", True),
    ("rows of no file", forget, "landed_rows", True),
    ("a reject too many", lambda at: in_landed(
        at, "insert into raw.reject by name select file_id, 1 as line from raw.file limit 1"), "landed_rows", True),
    ("counts not as told", untell, "landed_rows", True),
    ("other bytes landed", lambda at: in_landed(at, "update raw.file set sha256 = 'x'"), "landed_rows", True),
    ("release altered", lambda at: flip(release(at), 500_000), "release_damaged", False),
    ("release deleted", lambda at: release(at).unlink(), "release_damaged", False),
    ("workings altered", lambda at: flip(workings_of(release(at)), 500_000), "release_damaged", False),
    ("release, log left", lambda at: make(Path(f"{release(at)}.wal")), "write_ahead_log", False),
    ("release of none", lambda at: make(at.settings.releases / STALE / "x"), "release_without_record", False),
    ("link gone", lambda at: at.settings.published.unlink(), "published_link", False),
    ("link to nowhere", lambda at: relink(at.settings.published, "releases/gone/x"), "published_link", False),
    ("link elsewhere", lambda at: relink(at.settings.published, "landed.duckdb"), "published_link", False),
    ("no link", copy_over_link, "published_link", False),
    ("second link elsewhere", lambda at: relink(at.settings.workings, "landed.duckdb"), "workings_link", True),
    ("second link gone", lambda at: at.settings.workings.unlink(), "workings_link", True),
    ("export of another", lambda at: relink(at.settings.export / "parquet", f"parquet-{STALE}"), "export", False),
    ("export no link leads to", lambda at: make(at.settings.export / f"site-{STALE}" / "x"), "stale_export", True),
    ("build of no run", lambda at: make(at.settings.builds / STALE / "trade.duckdb"), "stale_build", True),
    ("run without an end", dead_run, "run_without_end", True),
    ("candidate of a dead run", lambda at: dead_run(at, "built"), "candidate_of_dead_run", False),
    ("lock of a dead writer", lambda at: make(at.settings.lock, '{"pid": 1}'), "dead_lock", True),
    ("records open to all", lambda at: at.settings.runs.chmod(0o755), "open_to_others", True),
]  # fmt: skip


def test_a_healthy_warehouse_has_nothing_wrong(sound: Ledger) -> None:
    found = examine(sound)
    assert (found.findings, found.skipped) == ([], [])
    assert found.counted[0] == "15 raw files"
    assert found.counted[2:4] == ["1 release", "164 packages"]
    assert examine(Ledger(Settings(warehouse=sound.settings.warehouse / "none"))).findings == []


def test_what_is_told_otherwise_a_minute_later_is_not_taken_for_repaired(
    sound: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_future(sound)
    minutes = itertools.count()
    monkeypatch.setattr(surroundings, "utc_now", lambda: utc_now() + timedelta(minutes=next(minutes)))
    repaired, after = repair(sound)
    assert "clock" not in {finding.check for finding in repaired}
    assert "clock" in {finding.check for finding in after.findings}


@pytest.mark.parametrize(
    ("plant", "check", "can_be_repaired"), [each[1:] for each in PLANTED], ids=[each[0] for each in PLANTED]
)
def test_a_planted_corruption_is_found(
    sound: Ledger, plant: Callable[[Ledger], object], check: str, can_be_repaired: bool
) -> None:
    plant(sound)
    before = stamps(sound.settings.raw)
    found = [finding for finding in examine(sound).findings if finding.check == check]
    assert found
    assert all(finding.said and finding.advice.endswith(".") for finding in found)
    assert {path: path.stat().st_mtime_ns for path in sound.settings.raw.rglob("*")} == before, (
        "to look changes nothing"
    )
    repaired, after = repair(sound)
    left = {finding.check for finding in after.findings}
    assert (check in {finding.check for finding in repaired}, check in left) == (can_be_repaired, not can_be_repaired)
    if check in ("landed_damaged", "landed_rows"):
        assert (sound.settings.warehouse / SET_ASIDE).is_file(), "nothing is thrown away"


def test_what_is_set_aside_lands_again_as_it_was(sound: Ledger) -> None:
    with duckdb.connect(str(sound.settings.landed), read_only=True) as con:
        files = "select * from raw.file order by file_id"
        before = con.execute(files).fetchall()
    in_landed(sound, "delete from raw.gacc_quoted__commodity_trade")
    repair(sound)
    land.prepare(sound.settings)
    for record in land.pending(sound.settings, sound):
        assert land.land_file(sound.settings, sound, record).outcome == "new"
    with duckdb.connect(str(sound.settings.landed), read_only=True) as con:
        assert con.execute(files).fetchall() == before
    assert examine(sound).findings == []


def test_rows_whose_raw_file_is_gone_are_not_given_up(sound: Ledger) -> None:
    shutil.rmtree(sound.raw_path(raw(sound)).parent)
    in_landed(sound, "delete from raw.gacc_quoted__partner_trade")
    repaired, after = repair(sound)
    assert repaired == []
    assert {finding.check for finding in after.findings} == {"landed_without_record", "landed_rows"}
    assert sound.settings.landed.is_file()


def test_nothing_is_repaired_and_no_leftover_is_told_while_another_writes(sound: Ledger) -> None:
    dead_run(sound)
    with sound.settings.lock.open("a+", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        found = examine(sound)
        assert found.findings == []
        assert "a process is writing" in found.skipped[0]
        with pytest.raises(WriterBusy):
            repair(sound)


def test_what_ended_well_before_the_lock_was_held_is_left_alone(sound: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is building when the examination begins, and has built its candidate when the repair does."""
    dead_run(sound)
    run, writing = sound.runs()[-1], sound.writing

    @contextlib.contextmanager
    def after_it_has_built(name: str) -> Iterator[None]:
        sound.finish(run, "built", "")
        with writing(name):
            yield

    monkeypatch.setattr(sound, "writing", after_it_has_built)
    repair(sound)
    assert (sound.settings.builds / run.run_id / "trade.duckdb").exists()


def test_what_to_do_about_a_damaged_release_depends_on_what_is_beside_it(sound: Ledger) -> None:
    published = release(sound).parent
    earlier = published.with_name(STALE)
    shutil.copytree(published, earlier)
    record = json.loads((sound.settings.runs / f"{published.name}.json").read_text(encoding="utf-8"))
    make(sound.settings.runs / f"{STALE}.json", json.dumps(record | {"run_id": STALE}))

    def advice(name: str) -> str:
        return next(finding.advice for finding in examine(sound).findings if finding.place == name)

    flip(published / "trade.duckdb", 500_000)
    assert "`entrepot rollback` publishes an earlier release, and `entrepot run --mode" in advice(published.name)
    flip(earlier / "trade.duckdb", 500_000)
    assert "rollback" not in advice(published.name), "the earlier one is damaged too"
    assert advice(STALE).endswith("Without one, delete its folder: it is not published.")


def test_packages_room_and_folders_of_others(sound: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "_installed", lambda name: None if name == "duckdb" else "0.0.1")
    monkeypatch.setattr(room, "BYTES_IN_ANY_CASE", 10**18)
    monkeypatch.setattr(os, "access", lambda path, mode: path != sound.settings.releases)
    found = examine(sound).findings
    assert {finding.check for finding in found} == {"package", "disk", "not_writable"}
    said = " ".join(finding.said for finding in found)
    assert "duckdb is not installed; the lock says 2." in said
    assert f"This user may not write in {sound.settings.releases}." in said


def test_the_command_says_it_in_words_as_json_and_by_its_exit_code(sound: Ledger) -> None:
    home = Home(sound.settings.warehouse.parent)
    sound.raw_path(raw(sound)).unlink()
    make(sound.settings.runs / ".x.json.1.tmp")
    done = home.entrepot("doctor", "--json")
    found = {row["check"]: row for row in json.loads(done.stdout)["findings"]}
    assert done.returncode == 1
    assert (found["raw_file_missing"]["can_be_repaired"], found["half_written"]["can_be_repaired"]) == (False, True)
    done = home.entrepot("doctor", "--repair")
    assert done.returncode == 1
    assert "repaired" in done.stdout
    assert "The raw file of gacc_quoted/commodity_trade/bundled/" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
