"""What this machine has and does: cores and memory a process of ours may use, container limits included; the disk."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import hashlib
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

# Of a file or an answer, read and written at once. To write a file by the mebibyte costs Linux eight times as much.
CHUNK_BYTES = 1 << 18
KEPT = Path(sys.prefix) / "share" / "entrepot"
"""What the warehouses of an environment share, beside its packages: it is made where it is lacking."""
_CGROUP, _OWN = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
_MIB = 2**20
_PR_SET_PDEATHSIG = 1


def usable_cores(cgroup: Path = _CGROUP, own: Path = _OWN) -> int:
    """Cores this process may use, at least one: its affinity, cut to the CPU quotas of its control groups."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quotas = [_numbers(group / "cpu.max") for group in _groups(cgroup, "", own)]
    for group in _groups(cgroup / "cpu", "cpu", own):
        quotas.append(_numbers(group / "cpu.cfs_quota_us", group / "cpu.cfs_period_us"))
    for quota in quotas:
        if len(quota) == 2 and quota[0] > 0:
            cores = min(cores, quota[0] // quota[1])
    return max(cores, 1)


def usable_memory(cgroup: Path = _CGROUP, own: Path = _OWN) -> int:
    """Bytes of memory this process may use: what the machine has, cut to the limits of its control groups."""
    files = [group / "memory.max" for group in _groups(cgroup, "", own)]
    files += [group / "memory.limit_in_bytes" for group in _groups(cgroup / "memory", "memory", own)]
    limits = [limit for file in files for limit in _numbers(file)]
    return min([os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), *limits])


def half_of_memory() -> str:
    """Half of that, as DuckDB reads it."""
    return f"{usable_memory() // 2 // _MIB}MiB"


def _groups(mounted: Path, controller: str, own: Path) -> list[Path]:
    """Folders of the control group this process is in, of all groups around it, and of the outermost one.

    `own` names it by controller, in version 2 by none. A service of systemd is limited by its own group; in a
    container the outermost one that is seen is mostly its own.
    """
    try:
        lines = [line.split(":", 2) for line in own.read_text(encoding="utf-8").splitlines() if line.count(":") > 1]
    except OSError:
        return [mounted]
    paths = [Path(path.lstrip("/")) for _, names, path in lines if controller in names.split(",")]
    return [mounted / each for path in paths if ".." not in path.parts for each in (path, *path.parents)] or [mounted]


def _numbers(*files: Path) -> list[int]:
    """The whole numbers in files of the kernel; none where one is missing or says that there is no limit."""
    try:
        words = [word for file in files for word in file.read_text(encoding="ascii").split()]
        return [int(word) for word in words]
    except (OSError, ValueError):
        return []


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, outlast a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_sha256(path: Path) -> str:
    """Hash of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def keep(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` make a file that comes to `path` when it is whole. Where it cannot be written, nothing is kept."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(temporary)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def end_with_parent(sign: signal.Signals, pipe: int | None = None, parent: int | None = None) -> None:
    """End this process with a signal when its parent is gone, `kill -9` included. Linux sees to it.

    Elsewhere a thread waits until the parent's end of `pipe` closes; without a pipe nothing is done. SIGKILL ends a
    process that hangs or is stopped, too, where Linux sends it. A process that knows who has started it, `parent`, also
    ends where that was gone before it came here.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, sign)
        if parent is not None and os.getppid() != parent:
            os.kill(os.getpid(), sign)
    elif pipe is not None:
        threading.Thread(target=_end_when_closed, args=(sign, pipe), daemon=True).start()


def _end_when_closed(sign: signal.Signals, pipe: int) -> None:
    """Wait for the end of a pipe, whose content is for somebody else."""
    waiting = select.poll()
    waiting.register(pipe, select.POLLHUP)
    waiting.poll()
    os.kill(os.getpid(), sign)


def hold_standard_streams() -> None:
    """Put an empty one where this process was started without its input, its output or its messages (`<&-`, `>&-`).

    The next file to be opened would be in its place, and what is printed, by a child of this process too, in that file.
    """
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            empty = os.open(os.devnull, os.O_RDWR)  # the lowest that is free, which is this one
            os.set_inheritable(empty, True)
            setattr(sys, name, open(empty, "w" if descriptor else "r", encoding="utf-8", closefd=False))  # noqa: SIM115


def keep_in_memory() -> None:
    """Let Python look for circles of unused objects among new ones only, and seldom among all.

    What our processes import and read stays in use to their end; going through all of it takes a tenth of their CPU.
    """
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, 1000)
    gc.freeze()
