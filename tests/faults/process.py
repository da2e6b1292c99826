"""Work in a process of its own that may be killed: a fork of this one, so that it starts in no time."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from flows.errors import EntrepotError, of_the_machine

UNEXPECTED = 70


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code (negative: a signal), what `work` returned, and all it printed."""

    code: int
    result: Any
    said: str

    @property
    def was_killed(self) -> bool:
        return self.code == -signal.SIGKILL

    @property
    def is_traceback(self) -> bool:
        return self.code == UNEXPECTED


def start(work: Callable[[], Any], notes: Path) -> int:
    """Begin `work` in another process and return its id; what it says goes to `notes`."""
    notes.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    os.setsid()
    output = os.open(notes.with_suffix(".out"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    result = os.open(notes.with_suffix(".json"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os._exit(_done(work, result))


def _done(work: Callable[[], Any], result: int) -> int:
    code = 0
    try:
        os.write(result, json.dumps(work(), default=str).encode())
    except EntrepotError as error:
        os.write(2, f"{error}\n".encode())
        code = error.exit_code
    except (OSError, duckdb.Error) as error:
        said = of_the_machine(error)
        os.write(2, (said or traceback.format_exc()).encode())
        code = EntrepotError.exit_code if said else UNEXPECTED
    except BaseException:  # noqa: BLE001  whatever it was is told by the exit code
        os.write(2, traceback.format_exc().encode())
        code = UNEXPECTED
    return code


def finish(pid: int, notes: Path, kill_after: float | None = None, at_most: float = 120.0) -> Ended:
    """Wait for the end of a process, or kill it and its children after a time. Raises TimeoutError where it hangs."""
    begun = time.monotonic()
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            break
        passed = time.monotonic() - begun
        if passed > (at_most if kill_after is None else kill_after):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            if kill_after is None:
                raise TimeoutError(f"A process did not end in {at_most} s: {_read(notes.with_suffix('.out'))[-500:]}")
            break
        time.sleep(0.0005)
    result, said = (_read(notes.with_suffix(suffix)) for suffix in (".json", ".out"))
    return Ended(os.waitstatus_to_exitcode(status), json.loads(result) if result else None, said)


def do(work: Callable[[], Any], notes: Path, kill_after: float | None = None, at_most: float = 120.0) -> Ended:
    """Both at once."""
    return finish(start(work, notes), notes, kill_after, at_most)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
