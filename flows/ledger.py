"""The only reader and writer of run state: the writer's lock, run records and the index of raw files.

Run records are one JSON file per run under `warehouse/runs/`; the index of raw files is the set of sidecars
beside the raw bytes. Both are written to a temporary file and renamed, so a kill leaves the old or the new one.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import math
import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from expectations.acceptance import Acceptance
from expectations.shipped import shipped
from flows.errors import EntrepotError, UnsafeKey, WriterBusy
from flows.machine import sync
from flows.privacy import keep_private, open_private
from flows.records import (
    Change,
    Difference,
    Holder,
    Outcome,
    OutcomeKind,
    RawFileRecord,
    Run,
    RunState,
    UnitTests,
    utc_now,
)
from flows.redaction import legible, redacted
from flows.settings import Settings

__all__ = [
    "Change",
    "Difference",
    "Ledger",
    "Outcome",
    "OutcomeKind",
    "RawFileRecord",
    "Run",
    "RunState",
    "UnitTests",
    "is_folder_name",
    "is_run_id",
    "utc_now",
]

log = logging.getLogger("entrepot")

_Record = TypeVar("_Record", bound=BaseModel)

_FOLDER_NAME = re.compile(r"[^./\\\x00-\x1f\x7f\ud800-\udfff][^/\\\x00-\x1f\x7f\ud800-\udfff]*")
_RUN_ID = re.compile(r"\d{8}T\d{9}-[0-9a-f]{4}")
_RAW_NAME = re.compile(r"[0-9a-f]{12}(-\d+)?\..+")  # bytes, and sidecars that are being written begin with a dot
_TOLERATED = timedelta(minutes=1)  # that a clock may be corrected by, without a word
_PATIENT_SECONDS = 1.0  # of waiting for the lock without a word
_TOLD_EVERY_SECONDS = 600.0
_LONGEST_NAME = 200  # bytes; file systems take 255, and files received in part are called by the key and more


def _write_json(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with open_private(temporary, "w") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)
    sync(path.parent)


def _sidecars(folder: Path, under: str = "") -> Iterator[RawFileRecord]:
    """The sidecars in a folder; a raw JSON file beside them has one dot more in its name.

    One that cannot be read is passed over, so that its partition is fetched again; the file stays for a look.
    """
    for path in filter(_is_sidecar, folder.glob(f"{under}*.json")):
        record = _read(RawFileRecord, path)
        if record is None:
            log.warning("%s cannot be read as the record of a raw file, and is passed over.", path)
        else:
            yield record


def _is_sidecar(path: Path) -> bool:
    return path.name.count(".") == 1 and bool(path.stem) and path.is_file()


def _read(kind: type[_Record], path: Path) -> _Record | None:
    """The record in a file; None where it cannot be read as one, or is none: a folder, a pipe, a link to nowhere."""
    try:
        return kind.model_validate_json(path.read_text(encoding="utf-8")) if path.is_file() else None
    except (ValueError, FileNotFoundError):  # or it was deleted just now
        return None


def is_run_id(name: str) -> bool:
    """Whether a run can be called so; a folder beside those of runs may be anybody's."""
    return _RUN_ID.fullmatch(name) is not None


def is_folder_name(key: str) -> bool:
    """Whether what a publisher calls a partition names a folder, and leads to no other: no `..`, no `/`, no control
    character, not hidden, not longer than file systems take.
    """
    return _FOLDER_NAME.fullmatch(key) is not None and len(key.encode("utf-8", "surrogatepass")) <= _LONGEST_NAME


class Ledger:
    """Run state of one warehouse."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._clock = threading.Lock()
        self._latest: datetime | None = None

    # -- the clock --------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The time of what is recorded next (UTC): it never goes back, whatever the clock of the machine does.

        What comes later has to be known as later: the newest file of a partition counts, the newest run goes on from
        the one before. So where the clock is behind the newest record, time goes on from there in thousandths of a
        second, which is what the id of a run can tell.
        """
        with self._clock:
            clock, latest = utc_now(), self._latest or self.latest_record()
            self._latest = clock if clock > latest else latest + timedelta(milliseconds=1)
            return self._latest

    def latest_record(self) -> datetime:
        """The newest moment on record, of a run or a raw file."""
        moments = [moment for run in self.runs() for moment in (run.started_at, run.built_at, run.finished_at)]
        moments += [record.fetched_at for record in self.raw_files()]
        return max(filter(None, moments), default=datetime.fromtimestamp(0, UTC))

    # -- the lock ---------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def writing(self, name: str = "") -> Iterator[None]:
        """Hold the writer's lock as `name`. The kernel frees it when the holder dies: a stale file locks nobody out.

        To wait for it is logged, with the holder's name. Raises WriterBusy, naming the holder, when another process
        keeps it longer than the time-out.
        """
        path = self.settings.lock
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+", encoding="utf-8") as handle:
            self._acquire(handle.fileno())
            handle.seek(0)
            handle.truncate()
            handle.write(Holder(pid=os.getpid(), since=utc_now(), name=name).model_dump_json())
            handle.flush()
            self.settings.runs.mkdir(mode=0o700, exist_ok=True)
            keep_private(self.settings)
            self._close_interrupted()
            try:
                yield
            finally:
                handle.seek(0)
                handle.truncate()
                handle.flush()

    def holder(self) -> str:
        """What the lock file says of the process that holds the lock; an empty text where nobody holds it."""
        try:
            with self.settings.lock.open(encoding="utf-8") as handle:
                fcntl.flock(handle.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return self._holder_named()
        except FileNotFoundError:
            pass
        return ""

    def _holder_named(self) -> str:
        """`ingest (flow run pastel-wolf), process 4711 since 13:40 UTC on 2026-11-27`."""
        holder = _read(Holder, self.settings.lock)
        return "unknown" if holder is None else holder.told

    def _acquire(self, descriptor: int) -> None:
        begun, told_at = time.monotonic(), -math.inf
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                waited = time.monotonic() - begun
                if waited > self.settings.lock_timeout_seconds:
                    raise WriterBusy(
                        f"Another process is writing to {self.settings.warehouse} (holder {self._holder_named()}); "
                        "wait for it or stop it, then try again."
                    ) from None
                if waited >= _PATIENT_SECONDS and time.monotonic() - told_at >= _TOLD_EVERY_SECONDS:
                    log.info("Waiting for the writer's lock: %s is writing to the warehouse.", self._holder_named())
                    told_at = time.monotonic()
                time.sleep(0.1)

    def _close_interrupted(self) -> None:
        # We hold the lock, so a record that still says "running" belongs to a process that was killed.
        for run in self.runs():
            if run.state == "running":
                run.was_killed = True
                state, message = self._ending(run)
                if state == "built":
                    self._take_back(run)
                if state == "interrupted":  # half of a candidate is of no use to anybody
                    shutil.rmtree(self.settings.builds / run.run_id, ignore_errors=True)
                self.stop(run, state, message)

    def _ending(self, run: Run) -> tuple[RunState, str]:
        """How a run ended whose process was killed: by the link and the files, whatever it came to write down."""
        gone = f"Process {run.pid} ended without finishing"
        if run.kind == "rollback":
            is_done = self.published_run_id() == run.target
            return ("published", run.message) if is_done else ("interrupted", f"{gone}; the link was not moved.")
        if self.published_run_id() == run.run_id:
            return "published", f"{gone}; `entrepot publish {run.run_id}` makes the rest."
        if (self.settings.releases / run.run_id / self.settings.published.name).is_file():
            # it had passed the gate, and no link has ever pointed to it
            return "built", f"{gone}; built and audited, and `entrepot publish {run.run_id}` publishes it."
        return "interrupted", f"{gone}; nothing of this run was published."

    def _take_back(self, run: Run) -> None:
        """Make a candidate again of what a killed run moved to the releases and did not publish."""
        release, candidate = self.settings.releases / run.run_id, self.settings.builds / run.run_id
        candidate.mkdir(parents=True, exist_ok=True)
        for path in list(release.iterdir()):
            path.replace(candidate / path.name)
        release.rmdir()

    # -- runs -------------------------------------------------------------------------------------------

    def start(self, kind: str, versions: dict[str, str], code_fingerprint: str) -> Run:
        """Open a run record."""
        now = self.now()
        if now - utc_now() > _TOLERATED:
            log.warning(
                "The clock of this machine says %s, and the newest record is of %s. Set the clock; until then the "
                "times on record go on from there.",
                f"{utc_now():%Y-%m-%d %H:%M}",
                f"{now:%Y-%m-%d %H:%M}",
            )
        run_id = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}-{secrets.token_hex(2)}"
        run = Run(run_id=run_id, kind=kind, started_at=now, versions=versions, code_fingerprint=code_fingerprint)
        self.save(run)
        return run

    def refuse(self, kind: str, message: str) -> Run:
        """Leave a record of a run that could not begin. It needs no lock: nobody else writes this file."""
        run = self.start(kind, {}, "")
        return self.finish(run, "failed", message)

    def save(self, run: Run) -> None:
        """Write the record of `run`, without keys, passwords and signs a terminal obeys, whatever a message quoted."""

        def clean(text: str) -> str:
            return legible(redacted(self.settings, text))

        run.message, run.notices = clean(run.message), [clean(notice) for notice in run.notices]
        for outcome in run.outcomes:
            outcome.reason, outcome.notice = clean(outcome.reason), clean(outcome.notice)
            outcome.partition, outcome.url = legible(outcome.partition), legible(outcome.url)
        _write_json(self.settings.runs / f"{run.run_id}.json", run.model_dump_json(indent=1))

    def finish(self, run: Run, state: RunState, message: str) -> Run:
        """Close the record of `run` with its end state and one sentence."""
        run.state, run.message, run.finished_at = state, message, self.now()
        self.save(run)
        return run

    def stop(self, run: Run, state: RunState, message: str) -> bool:
        """Close the record of a run that did not come to its end; whether its release is out all the same.

        It stays published then, and what stopped it is a notice.
        """
        if self.published_run_id() != run.run_id:
            self.finish(run, state, message)
            return False
        released = self.run(run.run_id)
        released.published_sha256 = released.candidate_sha256
        released.notices.append(f"What follows the release was not all made: {message}")
        self.finish(released, "published", f"Published release {run.run_id}.")
        return True

    def runs(self) -> list[Run]:
        """All runs, oldest first; what else lies in the folder is passed over."""
        paths = sorted(path for path in self.settings.runs.glob("[!.]*.json") if path.is_file())
        return [run for run in map(self._read_run, paths) if run is not None]

    def runs_as_they_are(self) -> list[Run]:
        """The same, where a process that is gone left no end on record with the end its run has come to."""
        runs = self.runs()
        if not any(run.state == "running" for run in runs) or self.holder():
            return runs
        return [self._as_it_is(run) if run.state == "running" else run for run in runs]

    def _as_it_is(self, run: Run) -> Run:
        state, message = self._ending(run)
        return run.model_copy(update={"state": state, "message": message, "was_killed": True})

    def _read_run(self, path: Path) -> Run | None:
        """The run recorded in a file. Where that cannot be read, what else says of it; None where it names no run."""
        run = _read(Run, path)
        if run is not None or not is_run_id(path.stem):
            return run
        started = datetime.strptime(path.stem[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        is_published = self.published_run_id() == path.stem
        return Run(
            run_id=path.stem,
            started_at=started,
            state="published" if is_published else "interrupted",
            pid=0,
            message=f"The record of this run cannot be read: {path}.",
        )

    def run(self, run_id: str) -> Run:
        """The run called `run_id`. Raises EntrepotError when there is none."""
        path = self.settings.runs / f"{run_id}.json"
        run = self._read_run(path) if is_folder_name(run_id) and path.is_file() else None
        if run is None:
            raise EntrepotError(f"There is no run {run_id!r}; `entrepot status` lists the runs.")
        return run

    def last_published(self) -> Run | None:
        """The newest run that published a release, whether or not the link points to it now."""
        published = [run for run in self.runs() if run.is_release]
        return published[-1] if published else None

    def published_run_id(self) -> str | None:
        """The run the published link points to."""
        link = self.settings.published
        return link.resolve().parent.name if link.is_symlink() and link.exists() else None

    # -- unit tests -------------------------------------------------------------------------------------

    def unit_tests(self, fingerprint: str) -> UnitTests | None:
        """When the unit tests of the SQL of this fingerprint passed, here or before it was shipped; None if never."""
        for path in (self._unit_tests_path(fingerprint), self._shipped_unit_tests):
            if path.is_file():
                passed = UnitTests.model_validate_json(path.read_text(encoding="utf-8"))
                if passed.fingerprint == fingerprint:
                    return passed
        return None

    def record_unit_tests(self, passed: UnitTests) -> None:
        """Write down that they passed."""
        _write_json(self._unit_tests_path(passed.fingerprint), passed.model_dump_json(indent=1))

    def ship_unit_tests(self, passed: UnitTests) -> None:
        """Write it into the project, for those who get this state of it."""
        _write_json(self._shipped_unit_tests, passed.model_dump_json(indent=1) + "\n")

    @property
    def _shipped_unit_tests(self) -> Path:
        return self.settings.dbt_project / "unit_tests.json"

    def _unit_tests_path(self, fingerprint: str) -> Path:
        return self.settings.runs / "unit_tests" / f"{fingerprint}.json"

    # -- accepted rows ----------------------------------------------------------------------------------

    def acceptances(self) -> list[Acceptance]:
        """What has been accepted of the release gate's findings, withdrawn or not: what ships first, then by age.

        A record that cannot be read counts for nothing, and is named.
        """
        found = []
        for path in sorted((self.settings.runs / "acceptances").glob("[!.]*.json")):
            if (acceptance := _read(Acceptance, path)) is None:
                log.warning("%s cannot be read as the record of an acceptance, and counts for nothing.", path)
            else:
                found.append(acceptance)
        return [*shipped(), *sorted(found, key=lambda each: each.accepted_at)]

    def save_acceptance(self, acceptance: Acceptance) -> None:
        """Write down who accepted what until when and why, or that it was withdrawn."""
        path = self.settings.runs / "acceptances" / f"{acceptance.acceptance_id}.json"
        _write_json(path, acceptance.model_dump_json(indent=1))

    # -- parts of a run that other workers fetch ----------------------------------------------------------

    def save_part(self, part_id: str, text: str) -> None:
        """Write down what a part, `run/number`, is about."""
        _write_json(self._part_folder(part_id) / "part.json", text)

    def part(self, part_id: str) -> str:
        """What was written down of it. Raises EntrepotError where it is gone: so is its run."""
        try:
            return (self._part_folder(part_id) / "part.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            raise EntrepotError(f"There is no part {part_id!r}; its run has ended.") from None

    @contextlib.contextmanager
    def working_on(self, part_id: str) -> Iterator[None]:
        """Nobody else is at this part meanwhile. Raises WriterBusy where somebody is."""
        self.part(part_id)
        with open_private(self._part_folder(part_id) / ".lock", "a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise WriterBusy(f"Another worker fetches part {part_id!r} already.") from None
            yield

    def add_part_outcome(self, part_id: str, outcome: Outcome) -> None:
        """Write down what became of the next partition of a part."""
        number = len(self.part_outcomes(part_id))
        _write_json(self._part_folder(part_id) / f"{number:06d}.json", outcome.model_dump_json())

    def part_outcomes(self, part_id: str) -> list[Outcome]:
        """What became of the partitions of a part so far, in their order."""
        paths = sorted(self._part_folder(part_id).glob("[0-9]*.json"))
        return [Outcome.model_validate_json(path.read_text(encoding="utf-8")) for path in paths]

    def forget_parts(self, run_id: str) -> None:
        """Remove what the parts of a run left: it is on the record of the run."""
        shutil.rmtree(self.settings.runs / "parts" / run_id, ignore_errors=True)

    def _part_folder(self, part_id: str) -> Path:
        run_id, _, number = part_id.partition("/")
        if not is_run_id(run_id) or not number.isdecimal():
            raise EntrepotError(f"{part_id!r} is no part of a run.")
        return self.settings.runs / "parts" / run_id / number

    # -- raw files --------------------------------------------------------------------------------------

    def raw_folder(self, source: str, table: str, partition: str) -> Path:
        """Folder of the raw files of one partition. Raises UnsafeKey where its key would lead elsewhere."""
        if not is_folder_name(partition):
            raise UnsafeKey(
                f"{source} has a partition called {partition[:100]!r}, which can be no name of a folder; nothing was "
                "taken from it."
            )
        return self.settings.raw / source / table / partition

    def raw_files(self, source: str | None = None) -> list[RawFileRecord]:
        """Records of all raw files (of one source), in the order they were fetched."""
        records = _sidecars(self.settings.raw, f"{source or '[!.]*'}/*/*/")
        return sorted(records, key=lambda r: (r.fetched_at, r.file_id))

    def partition_keys(self, source: str, table: str) -> list[str]:
        """The partitions of a table that have a raw file."""
        return sorted(path.name for path in (self.settings.raw / source / table).glob("*") if path.is_dir())

    def raw_file(self, file_id: str) -> RawFileRecord:
        """The record of one raw file."""
        source, table, partition, stem = file_id.split("/")
        path = self.raw_folder(source, table, partition) / f"{stem}.json"
        return RawFileRecord.model_validate_json(path.read_text(encoding="utf-8"))

    def tidy(self) -> list[Path]:
        """Remove what a killed process left half received or half written, and return it.

        Call it while holding the writer's lock. What it removes is fetched again, since the ledger never knew it.
        """
        left = self.left_behind()
        for path in left:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        return left

    def left_behind(self) -> list[Path]:
        """What a killed process left: half-received files, bytes without a sidecar, records and links half written.

        While another process writes, that may be what it is at work on.
        """
        settings = self.settings
        left = [path for path in (settings.passing, *settings.raw.glob(".receiving-*")) if path.is_dir()]
        left += settings.runs.rglob(".*.tmp")  # records
        for folder in (settings.warehouse, settings.export, settings.dbt_home):
            left += folder.glob(".*.new")  # links
        left += settings.warehouse.glob("*.duckdb.tmp")  # what DuckDB puts aside while it sorts
        for path in self.settings.raw.glob("[!.]*/*/*/*"):
            sidecar = path.with_name(f"{path.name.partition('.')[0]}.json")
            is_ours = _RAW_NAME.fullmatch(path.name.removeprefix(".")) and path.is_file()
            if is_ours and (path.name.startswith(".") or not sidecar.is_file()):
                left.append(path)
        return left

    def unreadable(self) -> list[Path]:
        """Records that cannot be read: of runs, and of raw files."""
        runs = [path for path in self.settings.runs.glob("[!.]*.json") if is_run_id(path.stem)]
        raw = [path for path in self.settings.raw.glob("[!.]*/*/*/*.json") if _is_sidecar(path)]
        return [path for path in runs if _read(Run, path) is None] + [
            path for path in raw if _read(RawFileRecord, path) is None
        ]

    def latest_raw(self, source: str, table: str, partition: str) -> RawFileRecord | None:
        """The file fetched last for one partition."""
        records = _sidecars(self.raw_folder(source, table, partition))
        return max(records, key=lambda record: record.fetched_at, default=None)

    def raw_path(self, record: RawFileRecord) -> Path:
        """Path of the bytes of a raw file."""
        return self.raw_folder(record.source, record.table, record.partition) / record.file_name

    def add_raw(self, record: RawFileRecord, received: Path) -> RawFileRecord:
        """Move `received` into the raw store and write its sidecar, the bytes first."""
        folder = self.raw_folder(record.source, record.table, record.partition)
        folder.mkdir(parents=True, exist_ok=True)
        stem, _, suffix = record.file_name.partition(".")
        suffix = "data.json" if suffix == "json" else suffix  # the sidecar is the one that ends in .json alone
        # The same bytes can come back after a revision: that is a new vintage and gets a name of its own.
        number, name = 1, f"{stem}.{suffix}"
        while (folder / name).exists() and (folder / f"{name.partition('.')[0]}.json").exists():
            number += 1
            name = f"{stem}-{number}.{suffix}"
        record = record.model_copy(update={"file_name": name})
        sync(received)
        received.replace(folder / name)
        self._write_sidecar(record)  # which makes the names in the folder outlast a power cut, too
        return record

    def restamp(self, record: RawFileRecord, revision: str, asked: dict[str, str]) -> RawFileRecord:
        """Note that `revision`, or asking for more, brought the same bytes, so that it is not asked for once more."""
        seen = {"revision": revision, "asked": asked, "confirmed_on": utc_now().date()}
        record = record.model_copy(update=seen)
        self._write_sidecar(record)
        return record

    def _write_sidecar(self, record: RawFileRecord) -> None:
        path = self.raw_folder(record.source, record.table, record.partition) / record.file_name.partition(".")[0]
        _write_json(path.with_name(f"{path.name}.json"), record.model_dump_json(indent=1))
