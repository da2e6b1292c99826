"""A process kept warm: it has read what takes long to read, and each command it is given is a fork of it.

A fork begins where the reading is done, and what a command makes of it ends with the fork. The process is a module of
ours whose `main` reads and then calls `serve`; a test gives it commands by a `Warm`. It ends with the test run.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flows.machine import end_with_parent
from flows.settings import ROOT


class Warm:
    """The process of a module (`python -P -m MODULE ARGUMENT...`) in an environment and a folder."""

    def __init__(self, module: str, *arguments: str, environment: Mapping[str, str], folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**environment, "PYTHONPATH": str(ROOT)},
            cwd=folder,
        )

    @property
    def is_alive(self) -> bool:
        """Whether it takes commands still."""
        return self._process.poll() is None

    def run(self, order: Any, timeout_seconds: float = 600) -> int:
        """Do what `order` says, in JSON, in a fork; its exit code, negative where a signal has ended it.

        Raises AssertionError where the process could not read what it shall, or does not answer in time.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], timeout_seconds)[0]:
            raise AssertionError(f"No end of {order} in {timeout_seconds:.0f} seconds")
        code = self._process.stdout.readline()
        if not code:
            raise AssertionError(f"{self._process.args} ended with exit code {self._process.wait()}")
        return int(code)


def serve(read: Callable[[], Callable[[Any], int]]) -> None:
    """Read, and take commands, a line of JSON each, to the end of standard input; a fork ends as its command does.

    What `read` returns does a command, and returns its exit code.
    """
    end_with_parent(signal.SIGKILL, sys.stdin.fileno())
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever else is printed is no answer
    command = read()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            sys.exit(command(json.loads(line)))
        answers.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        answers.flush()
