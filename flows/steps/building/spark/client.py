"""The other side of session.py: one process, started when the first statement comes, ended with this one."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_PROGRAM = Path(__file__).with_name("session.py")


@dataclass
class Client:
    """A session of Spark that makes one statement after the other.

    `python` is that of Spark's environment, `log` the file that gets what Spark says besides, `master`, `options` and
    `patience` (seconds without a worker) are those of the session.
    """

    python: str
    log: Path
    master: str
    options: dict[str, str]
    patience: float
    _process: subprocess.Popen[str] | None = field(default=None, init=False)

    def make(self, sql: str, views: Mapping[str, list[str] | str], folder: str, columns: dict[str, str]) -> str:
        """Have Spark write the rows of `sql` to `folder`; an empty text, or a sentence that says why it could not."""
        return str(self._ask({"sql": sql, "views": views, "folder": folder, "columns": columns})["error"])

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self._process = None
            return {"error": f"the session has ended by itself (exit code {process.wait()}); see {self.log}"}
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            with self.log.open("wb") as log:
                self._process = subprocess.Popen(
                    [self.python, "-P", str(_PROGRAM)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                )
            how = {"master": self.master, "options": self.options, "patience": self.patience}
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(how) + "\n")
        return self._process
