"""dbt kept warm: a process that has read the project, of which each command is a fork.

Most of a small build goes into starting dbt and loading what it knows of the project, the same for every warehouse of a
test run. A fork begins where that is done, and what a command makes of it ends with the fork. What dbt is told of
contracts is part of what it has read, so other contracts, another project or another environment have a process of
their own.

`python -P -m tests.warm_dbt ARGUMENT...` reads the project as ARGUMENT... say; a command is its arguments, the folder
it works in and the file for what it says.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import Any

from flows.settings import Settings
from flows.steps.building import dbt, own, project
from tests.warm import Warm, serve

_readers: dict[tuple[str, ...], Warm] = {}


def run(settings: Settings, verb: str, *more: str) -> tuple[int, str]:
    """Run a verb of dbt on what is staged; its exit code, and what it said. It leaves no manifest."""
    told = own.variables(settings)
    where = (settings, verb, settings.dbt_home / "target", "--quiet", "--no-write-json")
    _, *arguments = dbt.command(*where, *more, variables=told)
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as said:
        order = [arguments, str(project.folder(settings)), said.name]
        return _reader(settings, told).run(order), said.read()


def _reader(settings: Settings, told: str) -> Warm:
    """The process that has read this project with these contracts, started where there is none; it ends with this."""
    environment = dbt.environment(settings)
    ours = sorted(f"{name}={value}" for name, value in environment.items() if name.startswith("ENTREPOT_"))
    key = (str(settings.dbt_project.resolve()), told, *own.fingerprint(settings), *ours)
    if key not in _readers or not _readers[key].is_alive:
        _, *arguments = dbt.command(settings, "parse", settings.dbt_home / "target", "--quiet", variables=told)
        _readers[key] = Warm(__name__, *arguments, environment=environment, folder=project.folder(settings))
    return _readers[key]


def _read() -> Callable[[list[str]], int]:
    """Read the project as the command line says."""
    from dbt.cli.main import dbtRunner

    read = dbtRunner().invoke([*sys.argv[1:], "--no-write-json"])
    if not read.success:
        sys.exit(1)
    return lambda order: os._exit(_command(read.result, *order))


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
    serve(_read)
