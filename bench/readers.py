"""Readers by the hundred, of the published file or of its copy in PostgreSQL, while releases come out.

    python -m bench.readers file --warehouse FOLDER       # a published warehouse; it is copied first
    python -m bench.readers postgres --warehouse FOLDER   # in a PostgreSQL server of its own

A visit opens the release (PostgreSQL: a transaction on a connection that stays) and asks three questions a dashboard
asks, and the mark of the release in each of three schemas: a visit that two releases answered would show. Seconds
compare on a quiet machine only. Not a test.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import duckdb
import psycopg
import typer

from bench.crowd import HEAD, Visit, ask, crowd
from flows import verbs
from flows.exports.postgres import serve_copy
from flows.ledger import Ledger
from flows.machine import file_sha256
from flows.settings import Settings
from flows.steps import build
from tests.postgres import programs, running_postgres

MARKED = ("core.mark", "marts.mark", "meta.mark")
app = typer.Typer(add_completion=False, help=__doc__)
Warehouse = Annotated[Path, typer.Option(exists=True, help="A published warehouse.")]
Readers = Annotated[int, typer.Option(min=1)]
Releases = Annotated[int, typer.Option(min=1, help="How many come out while they read.")]
Pause = Annotated[float, typer.Option(min=0.0, help="Seconds between two visits of a reader, on average.")]
Every = Annotated[float, typer.Option(min=0.0, help="Seconds between two releases.")]


class Marked:
    """A warehouse whose releases are copies of one, each with its number in three schemas."""

    def __init__(self, published: Path, folder: Path) -> None:
        self.settings = Settings.alone(warehouse=folder / "warehouse", followers=(), keep_releases=2)
        self.ledger = Ledger(self.settings)
        self._model = next(published.resolve().glob("trade.duckdb")).resolve()
        self._made = 0

    def make(self) -> str:
        """One more release, built; the id of its run."""
        run = self.ledger.start("run", {}, "")
        candidate = build.candidate_path(self.settings, run)
        candidate.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(self._model, candidate)
        self._made += 1
        with duckdb.connect(str(candidate)) as con:
            for mark in MARKED:
                con.execute(f"create or replace table {mark} as select {self._made} as number")
        run.candidate_sha256 = file_sha256(candidate)
        return self.ledger.finish(run, "built", "").run_id

    def publish(self, run_id: str) -> float:
        """Publish it; the seconds that took."""
        begun = time.perf_counter()
        run, failed = verbs.publish(self.ledger, run_id)
        assert (run.state, failed) == ("published", [])
        return time.perf_counter() - begun


def _of_file(path: Path) -> Visit:
    """A reader that opens the published file for each visit, as tools that keep nothing do."""

    def visit() -> list[object]:
        with duckdb.connect(str(path), read_only=True, config={"threads": 1}) as con:
            return ask(con.execute, MARKED, "marts", "core")

    return visit


def _of_postgres(dsn: str) -> Visit:
    """A reader with a connection that stays; each visit is a transaction."""
    con = psycopg.connect(dsn)

    def visit() -> list[object]:
        with con.transaction():
            con.execute("set transaction isolation level repeatable read, read only")
            return ask(con.execute, MARKED, "marts", "core")

    return visit


@app.command(name="file")
def of_file(
    warehouse: Warehouse, readers: Readers = 100, releases: Releases = 20, pause: Pause = 20.0, every: Every = 3.0
) -> None:
    """One file on shared storage; every release is renamed into place under the readers."""
    with tempfile.TemporaryDirectory() as folder:
        marked = Marked(warehouse, Path(folder))
        marked.publish(marked.make())
        _with_and_without(
            lambda: _of_file(marked.settings.published), readers, pause, releases, every,
            lambda run_id: marked.publish(run_id), marked.make,
        )  # fmt: skip


@app.command(name="postgres")
def of_postgres(
    warehouse: Warehouse, readers: Readers = 100, releases: Releases = 5, pause: Pause = 20.0, every: Every = 3.0
) -> None:
    """The copy in PostgreSQL; every release replaces it in one transaction."""
    folder_of_programs = programs()
    if folder_of_programs is None:
        raise typer.BadParameter("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with tempfile.TemporaryDirectory() as folder, running_postgres(folder_of_programs, "max_connections=300") as server:
        marked, dsn = Marked(warehouse, Path(folder)), server.new_database()

        def copy(run_id: str) -> float:
            marked.publish(run_id)
            begun = time.perf_counter()
            serve_copy(marked.settings, run_id, dsn)
            return time.perf_counter() - begun

        copy(marked.make())
        _with_and_without(lambda: _of_postgres(dsn), readers, pause, releases, every, copy, marked.make)


def _with_and_without(
    make: Callable[[], Visit], readers: int, pause: float, releases: int, every: float,
    bring_out: Callable[[str], float], built: Callable[[], str],
) -> None:  # fmt: skip
    """One reader, then all of them with nothing new, then all of them while releases come out; and these alone."""
    took: list[float] = []

    def come_out() -> None:
        for _ in range(releases):
            took.append(bring_out(built()))
            time.sleep(every)

    def rest() -> None:
        time.sleep(max(20.0, every * 2))

    typer.echo(HEAD)
    typer.echo(crowd(make, 1, pause / 20, rest).told(1))
    typer.echo(crowd(make, readers, pause, rest).told(readers) + " nothing new")
    typer.echo(crowd(make, readers, pause, come_out).told(readers) + " releases come out")
    _told("with the readers", took)
    took.clear()
    come_out()
    _told("with nobody there", took)


def _told(when: str, took: list[float]) -> None:
    typer.echo(f"A release came out in {sorted(took)[len(took) // 2]:.2f} s ({when}), at most {max(took):.2f} s.")


if __name__ == "__main__":
    app()
