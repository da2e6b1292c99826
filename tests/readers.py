"""Readers that never pause: each opens the published release again and again and looks whether it is of one piece.

Every table of a release of `made` holds the number of that release and nothing else, so an answer made of two
releases shows. `python -m tests.readers KIND STOP` says when it begins, reads until the
file STOP is there, and prints what it met as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from flows.contracts.relations import workings_of
from flows.ledger import Ledger, Run
from flows.machine import file_sha256
from flows.read.opening import open_published
from flows.settings import ROOT, Settings, get_settings
from flows.steps import build

TABLES = ("core.trade", "marts.bilateral", "meta.release")
WORKINGS = ("raw.landed", "intermediate.sums")
KINDS = ("client", "product", "long")


def made(folder: Path, number: int) -> Path:
    """Both files of a release whose every table holds `number`, in `folder`."""
    folder.mkdir(parents=True)
    candidate = folder / "trade.duckdb"
    for path, tables in ((candidate, TABLES), (workings_of(candidate), WORKINGS)):
        with duckdb.connect(str(path), config={"threads": 1}) as con:
            for table in tables:
                con.execute(f"create schema {table.partition('.')[0]}")
                con.execute(f"create table {table} as select {number} as number from range(5_000)")
    return folder


def built(settings: Settings, ledger: Ledger, files: Path) -> Run:
    """A run that has built and audited the release in the folder `files`, which moves."""
    run = ledger.start("run", {}, "")
    candidate = build.candidate_path(settings, run)
    settings.builds.mkdir(parents=True, exist_ok=True)
    files.rename(candidate.parent)
    run.candidate_sha256 = file_sha256(candidate)
    return ledger.finish(run, "built", "")


def start(settings: Settings, kind: str, stop: Path) -> subprocess.Popen[str]:
    """A reader in a process of its own."""
    environment = Settings.alone().tool_environment(ENTREPOT_WAREHOUSE=str(settings.warehouse), PYTHONPATH=str(ROOT))
    program = [sys.executable, "-m", "tests.readers", kind, str(stop)]
    return subprocess.Popen(program, env=environment, cwd=ROOT, text=True, stdout=subprocess.PIPE)


def _answers(settings: Settings, kind: str) -> Iterator[int]:
    """The numbers one opened release has, table by table, and a second time a moment later."""
    if kind == "product":
        con = open_published(settings, f"from {WORKINGS[0]}")
    else:
        con = duckdb.connect(str(settings.published), read_only=True, config={"threads": 1})
    with con:
        for table in (*TABLES, *(WORKINGS if kind == "product" else ())):
            yield from con.execute(f"select min(number), max(number), count(*) from {table}").fetchone()[:2]  # type: ignore[index]
        if kind == "long":  # long enough for the release to be replaced, and deleted, under the reader
            time.sleep(1.0)
            yield from (number for (number,) in con.execute(f"select number from {TABLES[0]}").fetchall())


def read(settings: Settings, kind: str, stop: Path) -> dict[str, object]:
    """Read until `stop` is there: how often, which releases were met, mixed answers and errors."""
    reads, met, mixed, errors = 0, set(), [], []
    while not stop.exists():
        try:
            numbers = set(_answers(settings, kind))
        except Exception as error:  # noqa: BLE001  whatever a reader meets is counted
            errors.append(repr(error))
            continue
        reads += 1
        met |= numbers
        if len(numbers) != 1:
            mixed.append(sorted(numbers))
    return {"reads": reads, "met": sorted(met), "mixed": mixed, "errors": errors}


if __name__ == "__main__":
    os.nice(5)  # what publishes comes first where there are fewer cores than readers
    print("ready", flush=True)
    print(json.dumps(read(get_settings(), sys.argv[1], Path(sys.argv[2]))))
