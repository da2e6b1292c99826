"""The lock, the run records and the index of raw files."""

from __future__ import annotations

import itertools
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from flows import ledger as ledger_module
from flows.errors import UnsafeKey, WriterBusy
from flows.ledger import Ledger, RawFileRecord, RunHead, utc_now
from flows.ledger import runs as runs_module
from flows.ledger.files import read_record
from flows.settings import Settings
from flows.sources.base import Partition
from flows.steps import fetch

HOLD = """
import sys, time
from pathlib import Path
from flows.ledger import Ledger
from flows.settings import Settings
ledger = Ledger(Settings(warehouse=Path(sys.argv[1])))
with ledger.writing("a test"):
    run = ledger.start("run", {}, "code")
    (ledger.settings.builds / run.run_id).mkdir(parents=True)
    print("holding", flush=True)
    time.sleep(60)
"""


def hold_lock(ledger: Ledger) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, str(ledger.settings.warehouse)]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == "holding"
    return holder


def test_second_writer_is_told_who_holds_the_lock(ledger: Ledger) -> None:
    holder = hold_lock(ledger)
    try:
        with (
            pytest.raises(WriterBusy, match=rf"holder a test, process {holder.pid} since \d\d:\d\d UTC"),
            ledger.writing(),
        ):
            pass
    finally:
        holder.kill()
        holder.wait()


def test_who_writes_first_makes_the_inbox_and_who_only_reads_makes_nothing(ledger: Ledger, tmp_path: Path) -> None:
    ledger.runs(), ledger.raw_files(), ledger.holder(), ledger.left_behind()
    assert not ledger.settings.warehouse.exists()
    with ledger.writing("run"):
        assert ledger.settings.inbox.is_dir()
    ledger.settings.inbox.rmdir()
    ledger.settings.inbox.symlink_to(tmp_path / "a disk that is not there")
    with ledger.writing("run"):
        assert ledger.settings.inbox.is_symlink(), "what somebody has put there stays"


def test_nobody_holds_the_lock_of_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert Ledger(Settings.alone(warehouse=tmp_path / "file" / "warehouse")).holder() == ""


def test_killed_holder_frees_the_lock_and_its_run_is_closed(ledger: Ledger) -> None:
    holder = hold_lock(ledger)
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with ledger.writing():
        (run,) = ledger.runs()
    assert run.state == "interrupted"
    assert run.finished_at is not None
    assert not (ledger.settings.builds / run.run_id).exists()


def test_waiting_for_the_lock_is_logged_with_the_name_of_the_holder(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    ledger = Ledger(settings.model_copy(update={"lock_timeout_seconds": 1.5}))
    holder = hold_lock(ledger)
    try:
        with caplog.at_level(logging.INFO, "entrepot"), pytest.raises(WriterBusy) as busy, ledger.writing("rollback"):
            pass
        refused = ledger.runs()[-1]
    finally:
        holder.kill()
        holder.wait()
    assert (refused.kind, refused.state, refused.message) == ("rollback", "failed", str(busy.value))
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith(f"Waiting for the writer's lock: a test, process {holder.pid} since ")


def record(sha: str) -> RawFileRecord:
    return RawFileRecord(
        source="toy",
        table="trade",
        partition="p",
        revision=sha,
        url="somewhere",
        fetched_at=utc_now(),
        bytes=1,
        sha256=sha,
        licence="none",
        file_name=f"{sha[:12]}.csv",
    )


def received(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "received"
    path.write_text(text, encoding="utf-8")
    return path


def test_bytes_that_come_back_are_a_vintage_of_their_own(ledger: Ledger, tmp_path: Path) -> None:
    for sha, text in (("a" * 64, "a"), ("b" * 64, "b"), ("a" * 64, "a")):
        ledger.add_raw(record(sha), received(tmp_path / "in", text))
    ids = [file.file_id for file in ledger.raw_files()]
    assert len(set(ids)) == 3
    latest = ledger.latest_raw("toy", "trade", "p")
    assert latest is not None
    assert ledger.raw_path(latest).read_text(encoding="utf-8") == "a"


def test_run_record_survives_a_round_trip(ledger: Ledger) -> None:
    run = ledger.start("run", {"duckdb": "2"}, "code")
    ledger.finish(run, "published", "done")
    assert ledger.run(run.run_id).message == "done"
    assert ledger.last_published() == RunHead.model_validate(ledger.run(run.run_id).model_dump())


def test_heads_say_of_all_runs_what_their_records_do(ledger: Ledger) -> None:
    for state in ("published", "failed", "nothing_to_do"):
        ledger.finish(ledger.start("run", {}, "code"), state, "done")
    broken = ledger.settings.runs / "20200101T000000000-abcd.json"
    broken.write_text("{", encoding="utf-8")
    (ledger.settings.runs / "notes.json").write_text("[]", encoding="utf-8")
    told = [(run.run_id, run.state, run.started_at, run.finished_at) for run in ledger.runs()]
    assert [(head.run_id, head.state, head.started_at, head.finished_at) for head in ledger.heads()] == told
    assert [head.run_id for head in ledger.newest()] == [run_id for run_id, *_ in reversed(told)]
    assert told[0][:2] == (broken.stem, "interrupted")
    assert [run.run_id for run in ledger.runs_in("failed")] == [told[2][0]]


def test_a_process_reads_a_record_once_until_it_is_written_again(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [ledger.finish(ledger.start("run", {}, "code"), "published", "done") for _ in range(5)]
    read: list[str] = []

    def reading(kind: type[Any], path: Path) -> Any:
        read.append(path.stem)
        return read_record(kind, path)

    monkeypatch.setattr(runs_module, "read_record", reading)
    last = ledger.last_published()
    assert last is not None
    assert read == [last.run_id] == [runs[-1].run_id]
    for opened in (ledger, Ledger(ledger.settings)):
        assert [head.run_id for head in opened.heads()] == [run.run_id for run in runs]
    assert sorted(read) == [run.run_id for run in runs]
    ledger.finish(runs[0], "failed", "it was not")
    assert ledger.heads()[0].state == "failed"
    assert len(read) == len(runs) + 1


def test_runs_begun_within_a_moment_have_ids_in_the_order_they_began(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ticks = utc_now(), itertools.count()
    monkeypatch.setattr(ledger_module, "utc_now", lambda: begun + timedelta(microseconds=next(ticks)))
    moments = [
        opened.start("run", {}, "").run_id.partition("-")[0]
        for opened in (ledger, Ledger(ledger.settings))
        for _ in range(20)
    ]
    assert moments == sorted(set(moments))


LEADS_ELSEWHERE = [
    "..", "../..", "/../..", "a/../../../x", "/etc", "a/b", "a\\b", ".hidden", "", "a\x00", "a\nb", "a\x7f", "x" * 201,
    "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("key", LEADS_ELSEWHERE, ids=repr)
def test_a_key_a_publisher_chose_leads_nowhere_else(ledger: Ledger, tmp_path: Path, key: str) -> None:
    arrived = received(tmp_path / "in", "a")
    with pytest.raises(UnsafeKey, match="can be no name of a folder") as refused:
        ledger.add_raw(record("a" * 64).model_copy(update={"partition": key}), arrived)
    str(refused.value).encode()
    assert arrived.is_file()
    with pytest.raises(UnsafeKey):
        ledger.latest_raw("toy", "trade", key)


@pytest.mark.parametrize("key", ["2021", "M-2021-01-H5", "NY.GDP.MKTP.CD", "inbox-trade.2021", "a b", "é", "x" * 200])
def test_a_key_that_is_a_name_is_one(ledger: Ledger, tmp_path: Path, key: str) -> None:
    added = ledger.add_raw(record("a" * 64).model_copy(update={"partition": key}), received(tmp_path / "in", "a"))
    assert ledger.raw_file(added.file_id) == added


def test_one_partition_that_leads_elsewhere_stops_no_other(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def listed(settings: object, since: object, http: object) -> Iterator[Partition]:
        for key in ("2020", "../../../2021", "2022"):
            yield Partition(source="ecb", table="reference_rate", key=key, revision="1", url="u", location="u")

    monkeypatch.setattr(fetch, "load_source", lambda name: SimpleNamespace(partitions=listed))
    plan = fetch.plan(ledger.settings, ledger, ["ecb"])
    assert [part.key for part in plan.fetch] == ["2020", "2022"]
    (refused,) = plan.unreachable
    assert (refused.outcome, refused.partition) == ("failed", "../../../2021")
