"""The writer's lock: one process writes to a warehouse at a time."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import math
import os
import time
from collections.abc import Iterator

from flows.errors import WriterBusy
from flows.ledger.files import read_record
from flows.records import Holder, utc_now
from flows.settings import Settings

log = logging.getLogger("entrepot")

_PATIENT_SECONDS = 1.0  # of waiting for the lock without a word
_TOLD_EVERY_SECONDS = 600.0


class Lock:
    """The lock of one warehouse. The kernel frees it when the holder dies: a stale file locks nobody out."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @contextlib.contextmanager
    def held(self, name: str) -> Iterator[None]:
        """Hold it as `name`.

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
        except (FileNotFoundError, NotADirectoryError):
            pass
        return ""

    def _holder_named(self) -> str:
        """`ingest (flow run pastel-wolf), process 4711 since 13:40 UTC on 2026-11-27`."""
        holder = read_record(Holder, self.settings.lock)
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
