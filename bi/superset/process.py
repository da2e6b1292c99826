"""The process that answers as Superset: noted when it starts, so that nothing else is ever ended in its place.

The system gives the number of a process that is gone to another one. Its time of start tells the two apart.
"""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path


def note(path: Path) -> None:
    """Note this process in `path`, which only its owner can read."""
    path.write_text(f"{os.getpid()} {started(os.getpid())}\n", encoding="ascii")


def stop(path: Path) -> bool:
    """End the process noted in `path`; whether there was one. A note of a process that is gone is removed."""
    if not path.is_file():
        return False
    pid, _, when = path.read_text(encoding="ascii", errors="replace").strip().partition(" ")
    if not pid.isdecimal() or not when or started(int(pid)) != when:
        path.unlink()
        return False
    os.kill(int(pid), signal.SIGTERM)
    return True


def started(pid: int) -> str | None:
    """When a process started, in words that no other process of that number shares; None where there is none."""
    stat = Path("/proc") / str(pid) / "stat"
    if stat.parent.parent.joinpath("self").exists():
        try:
            told = stat.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{told.rpartition(')')[2].split()[19]}@{boot}"  # field 22, counted from the one after the name
    command = ["ps", "-o", "lstart=", "-p", str(pid)]
    said = subprocess.run(command, capture_output=True, text=True, check=False, env={"LC_ALL": "C", "PATH": os.defpath})
    return " ".join(said.stdout.split()) or None
