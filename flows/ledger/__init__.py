"""The only reader and writer of run state: the writer's lock, run records and the index of raw files.

Run records are one JSON file per run under `warehouse/runs/`; the index of raw files is the set of sidecars
beside the raw bytes. Both are written to a temporary file and renamed, so a kill leaves the old or the new one.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.errors import WriterBusy
from flows.ledger.files import RUN_ID, is_folder_name, is_run_id, read_record
from flows.ledger.judgements import Judgements
from flows.ledger.lock import Lock
from flows.ledger.parts import Parts
from flows.ledger.raw_files import RawFiles, is_sidecar
from flows.ledger.runs import CLOCK_TOLERANCE, Runs
from flows.privacy import keep_private
from flows.records import (
    Change,
    Difference,
    Outcome,
    OutcomeKind,
    RawFileRecord,
    Refusal,
    Run,
    RunHead,
    RunState,
    UnitTests,
    utc_now,
)
from flows.settings import Settings

__all__ = [
    "CLOCK_TOLERANCE",
    "RUN_ID",
    "Change",
    "Difference",
    "Ledger",
    "Outcome",
    "OutcomeKind",
    "RawFileRecord",
    "Refusal",
    "Run",
    "RunHead",
    "RunState",
    "UnitTests",
    "is_folder_name",
    "is_run_id",
    "utc_now",
]

_RAW_NAME = re.compile(r"[0-9a-f]{12}(-\d+)?\..+")  # bytes, and sidecars that are being written begin with a dot


class Ledger(Parts, Runs, RawFiles, Judgements):
    """Run state of one warehouse."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = Lock(settings)
        self._clock = threading.Lock()
        self._latest: datetime | None = None

    def now(self) -> datetime:
        """The time of what is recorded next (UTC): it never goes back, whatever the clock of the machine does.

        What comes later has to be known as later: the newest file of a partition counts, the newest run goes on from
        the one before. So what is recorded is a thousandth of a second after the newest record at least, whatever the
        clock says: that is what the id of a run can tell, and two runs may begin within one.
        """
        with self._clock:
            self._latest = max(utc_now(), (self._latest or self.latest_record()) + timedelta(milliseconds=1))
            return self._latest

    def latest_record(self) -> datetime:
        """The newest moment on record, of a run or a raw file."""
        moments = [moment for run in self.heads() for moment in (run.started_at, run.built_at, run.finished_at)]
        moments += [record.fetched_at for record in self.raw_files()]
        return max(filter(None, moments), default=datetime.fromtimestamp(0, UTC))

    @contextlib.contextmanager
    def writing(self, name: str = "") -> Iterator[None]:
        """Hold the writer's lock as `name`, which begins with what is done, with the records of killed runs closed.

        Raises WriterBusy, naming the holder, when another process keeps it longer than the time-out; that is on record
        then as a run that failed.
        """
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(self._lock.held(name))
            except WriterBusy as error:
                if name:
                    self.refuse(name.split()[0], str(error))
                raise
            self.settings.runs.mkdir(mode=0o700, exist_ok=True)
            with contextlib.suppress(FileExistsError):  # a link that leads nowhere: the run says so of what it reads
                self.settings.inbox.mkdir(exist_ok=True)
            keep_private(self.settings)
            self.close_interrupted()
            yield

    def holder(self) -> str:
        """What the lock file says of the process that holds the lock; an empty text where nobody holds it."""
        return self._lock.holder()

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
        left = [path for path in settings.raw.glob(".receiving-*") if path.is_dir()]
        left += [settings.passing] if any(settings.passing.glob("*")) else []  # an empty one is of a sound run
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
        raw = [path for path in self.settings.raw.glob("[!.]*/*/*/*.json") if is_sidecar(path)]
        return [path for path in runs if read_record(Run, path) is None] + [
            path for path in raw if read_record(RawFileRecord, path) is None
        ]
