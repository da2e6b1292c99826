"""Faults other than kills, in the small warehouse: a full disk, damaged and missing files, two runs, and the rest."""

from __future__ import annotations

import ctypes
import errno
import os
import random
import shutil
import struct
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flows import ledger as ledger_module
from flows import pipeline
from flows.doctor.examination import examine
from flows.errors import BuildFailed
from flows.ledger import raw_files, runs
from flows.records import utc_now
from flows.steps.building import dbt, room
from tests.faults import process
from tests.faults.report import Row
from tests.faults.trial import Trials, whole_run
from tests.faults.world import CHANGED, Small

Disturbance = Callable[[Trials], Row]


def _ends_in_a_sentence(row: Row, place: str, ended: process.Ended) -> bool:
    """Note a traceback; whether the run stopped with a sentence, or with a record that has one."""
    if ended.is_traceback:
        row.broken.append(f"{place}: a traceback: {ended.said[-600:]}")
    return ended.code != 0 or ended.result["state"] != "published"


def full_disk(trials: Trials, steps: int = 12) -> Row:
    """A file system of its own that is full after so many bytes; then it has room again."""
    row, place = Row("the disk is full"), trials.folder / "disk"
    place.mkdir(exist_ok=True)
    begin = _kilobytes(trials.begin.folder)
    needed = _kilobytes(trials.folder / "undisturbed") - begin + 4_000
    for step in range(steps):
        size = begin + 64 + needed * step // steps
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", place], check=False).returncode:
            row.note = "this user may not mount a file system"
            return row
        try:
            small = trials.begin.copy(place / "trial")
            with patch.object(room, "BYTES_IN_ANY_CASE", 0):  # or the run would stop before it has written anything
                ended = process.do(partial(whole_run, small), trials.folder / "notes")
            row.tried += _ends_in_a_sentence(row, f"{size} kB", ended)
            trials.at_once(small, row)
            subprocess.run(["mount", "-o", "remount,size=1g", place], check=True)
            trials.afterwards(small, row)
        finally:
            subprocess.run(["umount", place], check=True)
    return row


def _kilobytes(folder: Path) -> int:
    return sum(path.lstat().st_blocks for path in folder.rglob("*")) // 2


def no_permission(trials: Trials, every: int = 1) -> Row:
    """Folders and files a run may not write to, or not read; then it may again."""
    row = Row("permissions are taken away")
    places = ["", "raw", f"raw/{CHANGED}/partner_trade/bundled", "runs", "build", "releases", "export", ".dbt",
              "landed.duckdb", ".writer.lock", "trade.duckdb", f"../bundled/{CHANGED}/partner_trade.csv"]  # fmt: skip
    for name in places[::every]:
        small = trials.begin.copy(trials.folder / "trial")
        path = small.settings.warehouse / name
        mode = path.stat().st_mode
        path.chmod(0o500 if path.is_dir() else 0)
        ended = process.do(partial(whole_run, small, before=_be_bound), trials.folder / "notes")
        row.tried += _ends_in_a_sentence(row, name or "the warehouse", ended)
        path.chmod(mode)
        trials.at_once(small, row)
        trials.afterwards(small, row)
    if not row.tried:
        row.note = "permissions do not bind this user"
    return row


def _be_bound() -> None:
    """Let permissions bind root too, in this process: without the capabilities to pass them over."""
    if os.geteuid() != 0:
        return
    system = ctypes.CDLL(None)
    header, data = struct.pack("=Ii", 0x20080522, 0), ctypes.create_string_buffer(24)  # linux/capability.h, version 3
    assert system.capget(header, data) == 0
    effective, *others = struct.unpack("=6I", data.raw)
    effective &= ~(1 << 1 | 1 << 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    assert system.capset(header, struct.pack("=6I", effective, *others)) == 0


def damaged_landed(trials: Trials, chance: random.Random, times: int = 12) -> Row:
    """Bytes of landed.duckdb overwritten, cut off or replaced: it is set aside, and every raw file lands again."""
    row = Row("landed.duckdb is damaged")
    for number in range(times):
        small = trials.begin.copy(trials.folder / "trial")
        landed = small.settings.landed
        size = landed.stat().st_size
        if number == 0:
            landed.write_bytes(b"not a database")
        elif number == 1:
            os.truncate(landed, size // 2)
        else:
            with landed.open("r+b") as handle:
                handle.seek(0 if number == 2 else chance.randrange(12_288, size - 65_536))
                handle.write(chance.randbytes(65_536))
        ended = process.do(partial(whole_run, small), trials.folder / "notes")
        row.tried += 1
        _ends_in_a_sentence(row, f"damage {number}", ended)
        trials.at_once(small, row)
        trials.afterwards(small, row)
    return row


def lost_raw_file(trials: Trials) -> Row:
    """The bytes of a raw file are deleted, with and without landed.duckdb; then they are put back."""
    row = Row("a raw file is deleted")
    for with_landed in (False, True):
        small = trials.begin.copy(trials.folder / "trial")
        gone = next((small.settings.raw / "fcs_quoted").rglob("*.csv"))
        gone.replace(trials.folder / "kept")
        if with_landed:
            small.settings.landed.unlink()
        ended = process.do(partial(whole_run, small), trials.folder / "notes")
        row.tried += 1
        _ends_in_a_sentence(row, "deleted", ended)
        found = process.do(
            lambda small=small: [f.check for f in examine(small.ledger).findings], trials.folder / "notes"
        )  # type: ignore[misc]
        if "raw_file_missing" not in found.result:
            row.broken.append("doctor does not miss the raw file")
        shutil.move(trials.folder / "kept", gone)
        trials.at_once(small, row)
        trials.afterwards(small, row)
    return row


def _findings(small: Small) -> list[str]:
    return [finding.check for finding in examine(small.ledger).findings]


def two_at_once(trials: Trials, chance: random.Random, times: int = 6) -> Row:
    """Two runs begin together, or one a little later: one goes on, the other waits or says that it is busy."""
    row = Row("two runs at once")
    for _ in range(times):
        small = trials.begin.copy(trials.folder / "trial")
        notes = [trials.folder / "notes", trials.folder / "others"]
        started = []
        for note in notes:
            started.append(process.start(partial(whole_run, small), note))
            time.sleep(chance.uniform(0.0, 0.2))
        ended = [process.finish(pid, note) for pid, note in zip(started, notes, strict=True)]
        row.tried += 1
        if not {each.code for each in ended} <= {0, 4} or all(each.code for each in ended):
            row.broken.append(f"two runs ended with {[(each.code, each.said[-200:]) for each in ended]}")
        trials.at_once(small, row)
        trials.afterwards(small, row)
    return row


def clock_set_back(trials: Trials) -> Row:
    """The clock goes back by years between two runs."""
    row = Row("the clock is set back")
    for days in (1, 2200):
        small = trials.begin.copy(trials.folder / "trial")

        def run(small: Small = small, days: int = days) -> dict[str, Any]:
            for module in (ledger_module, raw_files, runs):
                module.utc_now = lambda: utc_now() - timedelta(days=days)
            return whole_run(small)

        ended = process.do(run, trials.folder / "notes")
        row.tried += 1
        if _ends_in_a_sentence(row, f"{days} days", ended):
            row.broken.append(f"the run after {days} days back did not publish: {ended.result}")
        trials.at_once(small, row)
        trials.afterwards(small, row)
    return row


def tool_fails(trials: Trials, every: int = 1) -> Row:
    """dbt and Great Expectations fail in each way they can, or cannot be started."""
    row = Row("dbt or Great Expectations fails")
    failures: list[BaseException] = [
        BuildFailed("dbt build failed."), RuntimeError("out of order"), FileNotFoundError(errno.ENOENT, "no dbt"),
        MemoryError(), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    ]  # fmt: skip
    for owner, name in ((dbt, "build"), (pipeline, "audit_candidate")):
        for failure in failures[::every]:
            small = trials.begin.copy(trials.folder / "trial")

            def run(small: Small = small, owner: Any = owner, name: str = name, failure: Any = failure) -> object:
                return whole_run(small, before=lambda: setattr(owner, name, _raising(failure)))

            ended = process.do(run, trials.folder / "notes")
            row.tried += ended.code != 0 or ended.result["state"] == "failed"
            trials.at_once(small, row)
            trials.afterwards(small, row)
    return row


def tool_hangs(trials: Trials) -> Row:
    """dbt or Great Expectations never answers: another run says that it is busy, and the hanging one is killed."""
    row = Row("dbt or Great Expectations hangs", note="killed after a while")
    for owner, name in ((dbt, "build"), (pipeline, "audit_candidate")):
        small = trials.begin.copy(trials.folder / "trial")

        def run(small: Small = small, owner: Any = owner, name: str = name) -> object:
            return whole_run(small, before=lambda: setattr(owner, name, lambda *args, **options: time.sleep(3600)))

        hanging = process.start(run, trials.folder / "others")
        time.sleep(1.5 * trials.seconds)
        busy = process.do(partial(whole_run, small), trials.folder / "notes")
        row.tried += 1
        if busy.code != 4:
            row.broken.append(f"another run was not told that one goes on: {busy}")
        process.finish(hanging, trials.folder / "others", kill_after=0.0)
        trials.at_once(small, row)
        trials.afterwards(small, row)
    return row


def _raising(failure: BaseException) -> Callable[..., Any]:
    def fail(*args: Any, **options: Any) -> Any:
        raise failure

    return fail


def name_of(disturbance: Disturbance) -> str:
    """The name of its function."""
    return str(getattr(disturbance, "func", disturbance).__name__)


def all_of_them(chance: random.Random, few: bool = False) -> list[Disturbance]:
    """Every disturbance, or each with few trials."""
    return [
        partial(full_disk, steps=3 if few else 16),
        partial(no_permission, every=5 if few else 1),
        partial(damaged_landed, chance=chance, times=3 if few else 12),
        lost_raw_file,
        partial(two_at_once, chance=chance, times=1 if few else 8),
        clock_set_back,
        partial(tool_fails, every=3 if few else 1),
        tool_hangs,
    ]
