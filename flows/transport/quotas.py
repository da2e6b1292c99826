"""How often publishers' hosts were asked today: one count for a key and a host, whichever warehouse asks.

A publisher grants its budget to a key, or to an address where there is none. So the counts lie outside the warehouses,
in a folder of the user (`ENTREPOT_QUOTAS`), which workers on several machines share. A stand-in has its own there.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from flows.privacy import open_private
from flows.records import HostUse, utc_now
from flows.settings import Settings

_NO_NAME = re.compile(r"[^A-Za-z0-9.-]")
_MARK = 12  # letters of a key's checksum: enough to tell keys apart, and no way back to one


class Quotas:
    """The counts, for several threads and processes."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.quotas
        if settings.stand_in is not None:
            self._folder = self._folder / "stand-in" / _NO_NAME.sub("_", settings.stand_in.rstrip("/"))

    def use(self, host: str, key: str = "") -> HostUse:
        """What was asked of `host` with `key` today (UTC), by all warehouses."""
        path, today = self._path(host, key), utc_now().date()
        try:
            use = HostUse.model_validate_json(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):  # emptied by a full disk, or by hand
            return HostUse(host=host, day=today)
        return use if use.day == today else use.model_copy(update={"day": today, "requests": 0})

    def take(self, host: str, budget: int | None, key: str = "") -> HostUse:
        """Count one request more, before it is sent, unless `budget` is used up; what had been asked before."""
        with self._held():
            use = self.use(host, key)
            if budget is None or use.requests < budget:
                self._save(use.model_copy(update={"requests": use.requests + 1}), key)
        return use

    def close(self, host: str, until: datetime, key: str = "") -> None:
        """Let everybody leave `host` alone until then."""
        with self._held():
            self._save(self.use(host, key).model_copy(update={"closed_until": until}), key)

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        """No other process counts meanwhile. A process that dies lets go."""
        self._make_folder()
        with open_private(self._folder / ".lock", "a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _save(self, use: HostUse, key: str) -> None:
        path = self._path(use.host, key)
        self._make_folder()
        temporary = path.with_name(f".{path.name}.tmp")  # one writes at a time
        with open_private(temporary, "w") as handle:
            handle.write(use.model_dump_json(indent=1))
        temporary.replace(path)

    def _make_folder(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def _path(self, host: str, key: str) -> Path:
        mark = f"_{hashlib.sha256(key.encode()).hexdigest()[:_MARK]}" if key else ""
        return self._folder / f"{_NO_NAME.sub('_', host)}{mark}.json"
