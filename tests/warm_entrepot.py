"""The command line kept warm: a process that has read its modules, of which each command is a fork.

Half of what a command that only reads takes goes into reading the modules of the command line, the same for every
command of a test run. A fork gets the arguments, the environment and the folder it would have as a process of its own,
and ends as such a one does. What is read from the environment while a module is read is not read again, so another
environment, but for ours, has a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.warm import Warm, serve

ENTREPOT = str(Path(sys.executable).parent / "entrepot")
_READ_LATER = ("ENTREPOT_", "XDG_STATE_HOME=", "PYTEST_CURRENT_TEST=")

_warm: dict[tuple[str, ...], Warm] = {}
_one_at_a_time = threading.Lock()


def run(arguments: tuple[str, ...], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `entrepot` in this environment and capture what it prints; commands at a time are processes of their own."""
    if not _one_at_a_time.acquire(blocking=False):
        command = [ENTREPOT, *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    try:
        with tempfile.NamedTemporaryFile("r", encoding="utf-8") as out, tempfile.NamedTemporaryFile("r") as err:
            order = {"arguments": arguments, "environment": dict(environment), "folder": str(Path.cwd())}
            code = _process(environment).run({**order, "out": out.name, "err": err.name})
            return subprocess.CompletedProcess([ENTREPOT, *arguments], code, out.read(), err.read())
    finally:
        _one_at_a_time.release()


def _process(environment: Mapping[str, str]) -> Warm:
    """The process that has read the command line in this environment, started where there is none."""
    told = sorted(f"{name}={value}" for name, value in environment.items())
    key = tuple(line for line in told if not line.startswith(_READ_LATER))
    if key not in _warm or not _warm[key].is_alive:
        _warm[key] = Warm(__name__, environment=environment, folder=Path("/"))
    return _warm[key]


def _read() -> Callable[[dict[str, Any]], int]:
    """Read the command line."""
    from flows.cli import main as command_line

    def command(order: dict[str, Any]) -> int:
        for number, path in enumerate((os.devnull, order["out"], order["err"])):
            os.dup2(os.open(path, os.O_RDWR), number)
        os.environ.clear()
        os.environ.update(order["environment"])
        os.chdir(order["folder"])
        sys.argv = [ENTREPOT, *order["arguments"]]
        command_line.main()
        return 0

    return command


if __name__ == "__main__":
    serve(_read)
