"""dbt as a process of its own: what it is asked, what it answers, and what failed.

It always finds the candidate, what landed and the last release at the same three paths: a link to the build folder,
beside the folder dbt works in (project.py).
"""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import msgpack

from expectations.checks import Result
from flows.releases.place import replace_link
from flows.settings import Settings
from flows.steps.building import dbt_process, failures, own, project
from flows.steps.building.spark import lake
from flows.stopping import raise_lost_signal

log = logging.getLogger("entrepot")

_BUILD = "build"
_QUIETLY = ("--no-write-json", "--log-level", "none")  # dbt_process says what a person would be told
_GRAPH, _GRAPH_NAME = "graph.msgpack", "graph_name"
_EVERY_SECONDS = 1.0  # Prefect's server keeps every line: one for each node costs more than it tells
_ENDED = re.compile(r"(\d+) of (\d+) (?!START )(.+?) \.*\s*\[")


def stage(settings: Settings, candidate: Path, landed: Path, last_release: Path | None) -> None:
    """Put the files of a build where dbt looks for them: the candidate, what landed, the release to compare with."""
    for name, path in (("landed.duckdb", landed), ("last_release.duckdb", last_release)):
        link = candidate.parent / name
        if path != link:
            link.unlink(missing_ok=True)
            if path is not None:
                link.symlink_to(path.resolve())
    project.lay_out(settings)
    replace_link(settings.dbt_home / _BUILD, os.path.relpath(candidate.parent, settings.dbt_home))


def strike(candidate: Path) -> None:
    """Take away what `stage` put beside the candidate."""
    for name in ("landed.duckdb", "last_release.duckdb"):
        (candidate.parent / name).unlink(missing_ok=True)


def command(settings: Settings, verb: str, target: Path, *more: str, variables: str = "") -> list[str]:
    """The command line of one verb of dbt, to be run in `project.folder`; `variables` are made where none are given.

    It writes no log file, and what it makes of the project into `target`. Models are made one at a time: each has all
    of the memory, and the engine gives it all cores; two large ones side by side would need twice the memory.
    """
    work, made = str(project.folder(settings)), str(target.resolve())
    where = ["--project-dir", work, "--profiles-dir", work, "--target-path", made, "--log-path", made]
    how = ["--log-level-file", "none", "--no-use-colors", "--no-version-check"]
    where += ["--threads", "1"]
    return [settings.tool("dbt"), *how, verb, *where, "--vars", variables or own.variables(settings), *more]


def environment(settings: Settings) -> dict[str, str]:
    """The environment of dbt: the same in every run of every warehouse; paths are relative to where dbt works."""
    return settings.tool_environment(
        **lake.environment(settings),
        ENTREPOT_CANDIDATE=f"../{_BUILD}/trade.duckdb",
        ENTREPOT_LANDED=f"../{_BUILD}/landed.duckdb",
        ENTREPOT_LAST_RELEASE=f"../{_BUILD}/last_release.duckdb",
        ENTREPOT_MEMORY_LIMIT=settings.memory_limit,
        ENTREPOT_BLOCK_MEMORY=_block_memory(),
        ENTREPOT_THREADS=str(settings.threads),
    )


@functools.cache
def _block_memory() -> str:
    """Half of the memory DuckDB may use at most here, by what it knows of the machine; it refuses to open with more."""
    with duckdb.connect() as con:
        most = con.execute("select parse_formatted_bytes(current_setting('memory_limit'))").fetchall()[0][0]
    return f"{most // 2 // 2**20}MiB"


@dataclass(frozen=True)
class Reader:
    """A process of dbt that reads the project, or has read it, and waits to be told what to make of it."""

    process: subprocess.Popen[str]
    variables: str
    contracts: list[str]

    def has_read(self, settings: Settings) -> bool:
        """Whether what it was told of the contracts still holds."""
        return (self.variables, self.contracts) == (own.variables(settings), own.fingerprint(settings))

    def end(self) -> None:
        """Make sure that it is gone."""
        self.process.kill()
        self.process.communicate()


def read(settings: Settings, with_unit_tests: bool = False) -> Reader:
    """Start dbt and let it read the project.

    Where unit tests are to run all files are read: what dbt keeps of an earlier code may hold tests that have gone.
    """
    project.lay_out(settings)
    _outcome(settings).unlink(missing_ok=True)
    told, contracts = own.variables(settings), own.fingerprint(settings)
    _, *asked = command(settings, dbt_process.VERB, settings.dbt_home / "target", *_QUIETLY, variables=told)
    if with_unit_tests:
        asked.insert(asked.index(dbt_process.VERB), dbt_process.ALL_FILES)
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", dbt_process.__name__, str(_outcome(settings).resolve()), *asked],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(settings),
        cwd=project.folder(settings),
    )
    return Reader(process, told, contracts)


def build(
    settings: Settings,
    details: Path,
    *more: str,
    reader: Reader | None = None,
    with_unit_tests: bool = False,
    meanwhile: Callable[[], None] = lambda: None,
) -> list[Result]:
    """Run `dbt build` with `more` arguments on what is staged; what failed, or an empty list.

    By the process of `reader`, where one has begun to read the project. `meanwhile` is called when dbt has begun. Where
    something failed all dbt said is kept at `details`.
    """
    if reader is None or not reader.has_read(settings):
        reader = read(settings, with_unit_tests)
    process = reader.process
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with contextlib.suppress(BrokenPipeError):  # it could not read the project, and says so
            process.stdin.write(json.dumps(more) + "\n")
            process.stdin.flush()  # and left open: dbt ends when it is closed
        meanwhile()
        said = list(_follow(_as_it_comes(process.stdout)))
        failed = process.wait() != 0
    finally:
        reader.end()  # still there only where this process was interrupted
    if not failed:
        project.keep_parse(settings)
        return []
    details.write_text("\n".join(said), encoding="utf-8")
    return _failure(settings, said)


def graph(settings: Settings) -> dict[str, Any]:
    """dbt's manifest, as it keeps it for itself, of the build that was kept: every node and what it reads."""
    manifest: dict[str, Any] = msgpack.unpackb((settings.dbt_home / _GRAPH).read_bytes())
    return manifest


def has_graph(settings: Settings, name: str) -> bool:
    """Whether the graph of that name is kept."""
    kept, path = settings.dbt_home / _GRAPH, settings.dbt_home / _GRAPH_NAME
    return kept.is_file() and path.is_file() and path.read_text(encoding="utf-8") == name


def keep_graph(settings: Settings, name: str) -> None:
    """Keep the graph a build has left, if dbt came as far as that, by a name that tells a later one whose it is.

    dbt writes its own anew whenever it reads the project, so of a build that is killed it may be half a file.
    """
    if has_graph(settings, name) or not _outcome(settings).is_file():
        return
    (settings.dbt_home / _GRAPH_NAME).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # no room for it: the next build is from nothing
        shutil.copyfile(settings.dbt_home / project.PARSE, settings.dbt_home / _GRAPH)
        (settings.dbt_home / _GRAPH_NAME).write_text(name, encoding="utf-8")


def count_results(settings: Settings, kind: str) -> int:
    """How many nodes of a kind, such as unit_test, the last build of this warehouse brought to an end."""
    return int(json.loads(_outcome(settings).read_text(encoding="utf-8"))["ended"].get(kind, 0))


def _as_it_comes(output: Iterator[str]) -> Iterator[str]:
    """The lines of `output`; while dbt says nothing, as for minutes over a large model, this process can be ended."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def pass_on() -> None:
        with contextlib.suppress(ValueError):  # closed under our hands: `end` was called
            for line in output:
                lines.put(line)
        lines.put(None)

    threading.Thread(target=pass_on, daemon=True).start()
    while True:
        raise_lost_signal()
        with contextlib.suppress(queue.Empty):
            line = lines.get(timeout=_EVERY_SECONDS)
            if line is None:
                return
            yield line


def _follow(output: Iterator[str], clock: Callable[[], float] = time.monotonic) -> Iterator[str]:
    """What dbt says, line by line; how far it is is logged once a second, and at the end."""
    told = clock() - _EVERY_SECONDS
    for line in output:
        said = line.rstrip()
        ended = _ENDED.match(said)
        if ended and (clock() - told >= _EVERY_SECONDS or ended[1] == ended[2]):
            told = clock()
            log.debug("dbt %s of %s: %s", *ended.groups())
        yield said


def _outcome(settings: Settings) -> Path:
    return settings.dbt_home / "outcome.json"


def _failure(settings: Settings, said: list[str]) -> list[Result]:
    outcome = _outcome(settings)
    failed = json.loads(outcome.read_text(encoding="utf-8"))["failed"] if outcome.is_file() else []
    return failures.results(settings, settings.dbt_home / _BUILD, failed) or [failures.not_started(said)]
