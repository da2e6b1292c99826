"""dbt kept warm: a process that has read the project, of which each command is a fork.

Most of a small build goes into starting dbt and loading what it knows of the project, the same for every warehouse of a
test run. A fork begins where that is done, and what a command makes of it ends with the fork. What dbt is told of
contracts is part of what it has read, so other contracts, another project or another environment have a process of
their own.

`python -P -m tests.warm_dbt ARGUMENT...` reads the project as ARGUMENT... say, and then takes a command a line: JSON of
its arguments, the folder it works in and the file for what it says. It answers each with its exit
code, and ends when its standard input does.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from typing import Any

from flows.machine import end_with_parent
from flows.settings import ROOT, Settings
from flows.steps.building import dbt, own, project

_readers: dict[tuple[str, ...], subprocess.Popen[str]] = {}


def run(settings: Settings, verb: str, *more: str) -> tuple[int, str]:
    """Run a verb of dbt on what is staged; its exit code, and what it said. It leaves no manifest."""
    told = own.variables(settings)
    where = (settings, verb, settings.dbt_home / "target", "--quiet", "--no-write-json")
    _, *arguments = dbt.command(*where, *more, variables=told)
    reader = _reader(settings, told)
    assert reader.stdin is not None
    assert reader.stdout is not None
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as said:
        reader.stdin.write(json.dumps([arguments, str(project.folder(settings)), said.name]) + "\n")
        reader.stdin.flush()
        code = reader.stdout.readline()
        if not code:
            raise AssertionError(f"dbt could not read the project, or was killed: exit code {reader.wait()}")
        return int(code), said.read()


def _reader(settings: Settings, told: str) -> subprocess.Popen[str]:
    """The process that has read this project with these contracts, started where there is none; it ends with this."""
    environment = dbt.environment(settings)
    ours = sorted(f"{name}={value}" for name, value in environment.items() if name.startswith("ENTREPOT_"))
    key = (str(settings.dbt_project.resolve()), told, *own.fingerprint(settings), *ours)
    if key not in _readers or _readers[key].poll() is not None:
        _, *arguments = dbt.command(settings, "parse", settings.dbt_home / "target", "--quiet", variables=told)
        _readers[key] = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment | {"PYTHONPATH": str(ROOT)},
            cwd=project.folder(settings),
        )
    return _readers[key]


def main(arguments: list[str]) -> int:
    """Read the project and do what is asked, to the end of standard input; the exit code."""
    end_with_parent(signal.SIGKILL, sys.stdin.fileno())
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # dbt's own words are no answers
    from dbt.cli.main import dbtRunner

    read = dbtRunner().invoke([*arguments, "--no-write-json"])
    if not read.success:
        return 1
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os._exit(_command(read.result, *json.loads(line)))
        answers.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        answers.flush()
    return 0


def _command(manifest: Any, arguments: list[str], folder: str, said: str) -> int:
    """One command of dbt, in a fork: its exit code. The candidate is closed, so that no log stays beside it."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    with open(said, "w", encoding="utf-8") as stream:  # noqa: PTH123
        os.dup2(stream.fileno(), sys.stdout.fileno())
        os.dup2(stream.fileno(), sys.stderr.fileno())
        os.chdir(folder)
        try:
            done = dbtRunner(manifest=manifest).invoke(arguments)
            if done.exception is not None:
                traceback.print_exception(done.exception)
            return 0 if done.success else 1
        except BaseException:  # noqa: BLE001  whatever it is, nothing of the fork may return to its parent's work
            traceback.print_exc()
            return 1
        finally:
            DuckDBConnectionManager.close_all_connections()
            sys.stdout.flush()
            sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
