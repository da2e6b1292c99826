"""Where a run is killed: before or inside the n-th file operation, at a boundary of steps, or after a time.

The process ends itself by SIGKILL, as `kill -9` ends it: nothing that would run afterwards runs.
"""

from __future__ import annotations

import builtins
import io
import itertools
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from flows import machine, pipeline, recording, verbs
from flows.exports import parquet
from flows.ledger import Ledger
from flows.releases import place, retention
from flows.steps import audit, build, fetch, land, publish
from flows.steps.building import dbt, ledger_tables, start

_EVENTS = {
    "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.chmod", "os.truncate",
    "shutil.rmtree",
}  # fmt: skip
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
BOUNDARIES: dict[str, tuple[Any, str]] = {
    "the run is on record": (Ledger, "start"),
    "ask what is there": (fetch, "plan"),
    "fetch a file": (fetch, "fetch_partition"),
    "check what came": (fetch, "_check_transport"),
    "put it into the raw store": (Ledger, "add_raw"),
    "write its record": (Ledger, "_write_sidecar"),
    "land a file": (land, "land_file"),
    "register its rows": (land, "_register"),
    "say what landed": (land, "restate_all"),
    "build": (build, "build"),
    "empty candidate": (build, "start_candidate"),
    "ledger tables": (ledger_tables, "write"),
    "how the build begins": (start, "begin"),
    "lay out the files of the build": (dbt, "stage"),
    "models": (dbt, "build"),
    "take away the links of the build": (dbt, "strike"),
    "audit report": (audit, "record"),
    "publish": (publish, "publish"),
    "hash": (machine, "file_sha256"),
    "point the links": (publish, "point_to"),
    "swap a link": (place, "swap_link"),
    "replace a link": (place, "replace_link"),
    "close the record": (Ledger, "finish"),
    "what follows": (verbs, "follow"),
    "export": (parquet, "export_parquet"),
    "delete what is old": (retention, "delete"),
    "save a record": (Ledger, "save"),
}
"""Every step and its parts; a run is killed before and after each of the calls of each."""


@dataclass(frozen=True)
class Kill:
    """One place to be killed at. `kind` is operation, boundary or time; `number` counts operations or calls from 1."""

    kind: str
    number: int = 0
    name: str = ""
    after: bool = False
    seconds: float = 0.0

    @property
    def said(self) -> str:
        """The place in words."""
        if self.kind == "time":
            return f"after {self.seconds:.3f} s"
        if self.kind == "operation":
            return f"operation {self.number}"
        return f"{'after' if self.after else 'before'} {self.name}, call {self.number}"


def die() -> None:
    """End this process at once."""
    os.kill(os.getpid(), signal.SIGKILL)


class Operations:
    """Counts what the process does to files of a folder, and calls `at` at the n-th: a write is half done by then."""

    def __init__(self, folder: Path, number: int = 0, at: Callable[[], None] = die) -> None:
        self.folder = str(folder)
        self.number = number
        self.at = at
        self.names: list[str] = []

    def note(self, name: str) -> bool:
        """Note an operation; whether it is the one to be stopped in."""
        self.names.append(name)
        return len(self.names) == self.number

    def _is_here(self, path: object) -> bool:
        return isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith(self.folder)

    def watch(self) -> None:
        """Begin to count. For the rest of the process: a hook of the interpreter stays."""
        sys.addaudithook(self._hook)
        for module in (io, builtins):
            module.open = self._opened(io.open)  # type: ignore[assignment]
        os.fsync = self._before("fsync", os.fsync)
        duckdb.connect = self._before("connect", duckdb.connect)  # type: ignore[assignment]

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        is_write = event == "open" and isinstance(args[2], int) and args[2] & _WRITES
        if (is_write or event in _EVENTS) and any(self._is_here(arg) for arg in args[:2]) and self.note(event):
            self.at()

    def _before(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **options: Any) -> Any:
            if self.note(name):
                self.at()
            return function(*args, **options)

        return called

    def _opened(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def opened(file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
            handle = function(file, mode, *args, **options)
            return _Halved(handle, self) if set(mode) & set("wax+") and self._is_here(file) else handle

        return opened


class _Halved:
    """A file whose n-th write ends in the middle."""

    def __init__(self, handle: Any, operations: Operations) -> None:
        self._handle = handle
        self._operations = operations

    def write(self, data: Any) -> int:
        """Write, or half of it and no more."""
        if self._operations.note("write"):
            self._handle.write(data[: len(data) // 2])
            self._handle.flush()
            self._operations.at()
        return int(self._handle.write(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._handle, name)

    def __iter__(self) -> Any:
        return iter(self._handle)

    def __enter__(self) -> _Halved:
        self._handle.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._handle.__exit__(*error)


def count_calls(name: str) -> list[int]:
    """Count the calls of a boundary's function in this process; the list grows by one with each."""
    owner, attribute = BOUNDARIES[name]
    original, calls = getattr(owner, attribute), []

    def counted(*args: Any, **options: Any) -> Any:
        calls.append(len(calls) + 1)
        return original(*args, **options)

    _replace(owner, attribute, original, counted)
    return calls


def kill_at_boundary(kill: Kill, at: Callable[[], None] = die) -> None:
    """Let this process be killed at a boundary."""
    owner, attribute = BOUNDARIES[kill.name]
    original, calls = getattr(owner, attribute), itertools.count(1)

    def counted(*args: Any, **options: Any) -> Any:
        is_it = next(calls) == kill.number
        if is_it and not kill.after:
            at()
        result = original(*args, **options)
        if is_it:
            at()
        return result

    _replace(owner, attribute, original, counted)


def _replace(owner: Any, attribute: str, original: Any, counted: Any) -> None:
    """Put `counted` in the place of a function wherever a module has its name."""
    setattr(owner, attribute, counted)
    for module in (pipeline, recording, verbs, fetch, land, build, audit, publish, place, retention, start):
        for name, value in list(vars(module).items()):
            if value is original:
                setattr(module, name, counted)
