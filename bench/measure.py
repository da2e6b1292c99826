"""Measure a command: CPU of the whole family of processes, wall time, memory, disk, and all of it by step.

A step begins when the command prints a line that matches its pattern, or when a child process ends whose command line
does. CPU seconds (user and system, children included) compare on a busy machine; wall seconds do on a quiet one only.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.2
_TEMPORARY = re.compile(r"\.tmp/|/tmp/|duckdb_temp_storage")


@dataclass(frozen=True)
class Step:
    """A step of a command, and what tells its beginning: a line of output, or a child process that is gone."""

    name: str
    line: str | None = None
    child_gone: str | None = None


@dataclass
class Cost:
    """What one step took."""

    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0


@dataclass
class Measurement:
    """What a command took. Memory is that of the largest process; bytes are the most there were at any time."""

    exit_code: int
    cpu_seconds: float
    wall_seconds: float
    peak_memory_bytes: int
    peak_folder_bytes: int
    peak_temporary_bytes: int
    steps: dict[str, Cost] = field(default_factory=dict)
    output: list[str] = field(default_factory=list)


@dataclass
class _Seen:
    """A process as it was last seen: CPU of its own, of the children it has waited for, and who started it."""

    own: float
    waited: float
    parent: psutil.Process | None

    @property
    def whole(self) -> float:
        return self.own + self.waited


class _Family:
    """A process, all that descend from it, those too whose parent is gone, and the CPU of all of them.

    The system adds the time of a process to that of its parent once the parent waits for it. What nobody waits for, or
    only after its parent is gone, would be lost with it: that is kept here, as it was last seen. A process whose parent
    was gone before anyone looked is not found.
    """

    def __init__(self, process: psutil.Process) -> None:
        self.process = process
        self._seen: dict[psutil.Process, _Seen] = {}
        self._lost = 0.0

    def look(self, whole: float | None = None) -> tuple[list[psutil.Process], float]:
        """The living, and the CPU of all so far; `whole` is what the system says of the process once it has ended."""
        now = self._living()
        if whole is not None and self.process in self._seen:
            own = self._seen[self.process].own
            now[self.process] = _Seen(own, whole - own, None)
        died: dict[psutil.Process | None, float] = {}
        for member, last in self._seen.items():
            if member not in now:
                heir = self._heir(last, now)
                died[heir] = died.get(heir, 0.0) + last.whole
        for heir, seconds in died.items():
            passed_on = now[heir].waited - self._seen[heir].waited if heir in self._seen else 0.0
            self._lost += max(0.0, seconds - passed_on)
        self._seen = now
        return [*now], self._lost + sum(one.whole for one in now.values())

    def _heir(self, last: _Seen, now: Mapping[psutil.Process, _Seen]) -> psutil.Process | None:
        """The nearest of those who started a process that is still there; none where its parent was gone before it."""
        while last.parent in self._seen:
            if last.parent in now:
                return last.parent
            last = self._seen[last.parent]
        return None

    def _living(self) -> dict[psutil.Process, _Seen]:
        members: dict[psutil.Process, None] = {}
        for first in (self.process, *self._seen):
            if first not in members and first.is_running():
                members[first] = None
                with contextlib.suppress(psutil.Error):
                    members |= dict.fromkeys(first.children(recursive=True))
        by_pid = {member.pid: member for member in members}
        found: dict[psutil.Process, _Seen] = {}
        for member in members:
            with contextlib.suppress(psutil.Error):
                times = member.cpu_times()
                known = self._seen.get(member)
                parent = by_pid.get(member.ppid()) if known is None else known.parent
                own, waited = times.user + times.system, times.children_user + times.children_system
                found[member] = _Seen(own, waited, None if member == self.process else parent)
        return found


class _Clock:
    """Gives the CPU and wall time since it was last asked to the step that is on."""

    def __init__(self, process: psutil.Process, steps: Sequence[Step]) -> None:
        self._family, self._steps = _Family(process), list(steps)
        self._lock = threading.Lock()
        self._cpu, self._wall = 0.0, time.monotonic()
        self._seen: set[str] = set()
        self.costs = {steps[0].name: Cost()} if steps else {}
        self._on = steps[0].name if steps else None

    @property
    def cpu_seconds(self) -> float:
        """CPU of the whole family so far, with servers that nobody waits for; the system's own total lacks those."""
        return self._cpu

    def begin(self, name: str) -> None:
        """Close the step that is on, and begin another."""
        self.tick()
        with self._lock:
            self._on = name
            self.costs.setdefault(name, Cost())

    def tick(self, whole: float | None = None) -> list[psutil.Process]:
        """Add what passed to the step that is on, and tell who lives; `whole` is what the system says at the end."""
        with self._lock:
            members, known = self._family.look(whole)
            now, used = time.monotonic(), max(self._cpu, known)
            if self._on is not None:
                self.costs[self._on].cpu_seconds += used - self._cpu
                self.costs[self._on].wall_seconds += now - self._wall
            self._cpu, self._wall = used, now
            return members

    def heard(self, line: str) -> None:
        """Begin the step whose pattern the line matches."""
        for step in self._steps:
            if step.line is not None and re.search(step.line, line):
                self.begin(step.name)

    def watch(self, family: Sequence[psutil.Process]) -> None:
        """Begin the step that waits for a child to be gone, once it was there."""
        waiting = [step for step in self._steps if step.child_gone is not None and step.name not in self.costs]
        if not waiting:
            return
        commands = [_command(child) for child in family if child != self._family.process]
        for step in waiting:
            if any(re.search(str(step.child_gone), command) for command in commands):
                self._seen.add(step.name)
            elif step.name in self._seen:
                self.begin(step.name)


def measure(
    command: Sequence[str], folder: Path, steps: Sequence[Step] = (), environment: Mapping[str, str] | None = None
) -> Measurement:
    """Run `command` in the current folder and measure it; `folder` is where it leaves its files."""
    started = time.monotonic()
    variables = {"PYTHONUNBUFFERED": "1", **(environment or {})}
    process = subprocess.Popen(
        ["/usr/bin/env", *(f"{name}={value}" for name, value in variables.items()), *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    clock = _Clock(psutil.Process(process.pid), steps)
    output: list[str] = []
    listener = threading.Thread(target=_listen, args=(process, clock, output), daemon=True)
    listener.start()
    peak_folder = peak_temporary = peak_memory = 0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        whole, temporary = folder_bytes(folder)
        peak_folder, peak_temporary = max(peak_folder, whole), max(peak_temporary, temporary)
        if pid:
            break
        family = clock.tick()
        clock.watch(family)
        peak_memory = max(peak_memory, _high_water_bytes(family))
        time.sleep(SAMPLE_SECONDS)
    process.returncode = os.waitstatus_to_exitcode(status)
    listener.join(timeout=10)
    clock.tick(usage.ru_utime + usage.ru_stime)
    return Measurement(
        exit_code=process.returncode,
        cpu_seconds=clock.cpu_seconds,
        wall_seconds=time.monotonic() - started,
        peak_memory_bytes=peak_memory or usage.ru_maxrss * 1024,
        peak_folder_bytes=peak_folder,
        peak_temporary_bytes=peak_temporary,
        steps=clock.costs,
        output=output,
    )


def folder_bytes(folder: Path) -> tuple[int, int]:
    """Bytes of all files in a folder, and of those that an engine spilled."""
    whole = temporary = 0
    for place, _, names in os.walk(folder):  # which passes over folders that are gone in between
        for path in (Path(place, name) for name in names):
            try:
                size = 0 if path.is_symlink() else path.lstat().st_size
            except FileNotFoundError:
                continue
            whole += size
            temporary += size if _TEMPORARY.search(f"/{path.relative_to(folder).as_posix()}") else 0
    return whole, temporary


def _listen(process: subprocess.Popen[str], clock: _Clock, output: list[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        output.append(line.rstrip("\n"))
        clock.heard(line)


def _high_water_bytes(family: Sequence[psutil.Process]) -> int:
    """The most memory one process of the family ever had; 0 where the system does not tell.

    What the system tells at the end (`ru_maxrss`) begins with the size of the process that started the command.
    """
    found = [0]
    for member in family:
        with contextlib.suppress(OSError):
            status = Path(f"/proc/{member.pid}/status").read_text(encoding="utf-8")
            found += [int(size) * 1024 for size in re.findall(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)]
    return max(found)


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
