"""Both files of a release, as `entrepot sql` opens them; and the same two in memory, for models run on a few cells."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb

from flows.contracts.relations import attach_workings, workings_of


def opened(release: Path, read_only: bool = True) -> duckdb.DuckDBPyConnection:
    """A release or candidate; landed records, code lists and intermediate tables are found by schema and name."""
    con = duckdb.connect(str(release), read_only=read_only)
    attach_workings(con, release)
    return con


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    """What a query answers."""
    return con.execute(sql).fetchall()


def copy_release(release: Path, target: Path) -> Path:
    """Copy both files of a release to `target`, the path of the first, and return it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for one, other in ((release, target), (workings_of(release), workings_of(target))):
        shutil.copyfile(one, other)
    return target


def in_memory(threads: int = 1) -> duckdb.DuckDBPyConnection:
    """An empty release in memory, with all schemas of both files."""
    con = duckdb.connect()
    con.execute(f"attach ':memory:' as trade; attach ':memory:' as workings; use trade; set threads = {threads}")
    for database, schemas in (("trade", ("core", "marts", "meta")), ("workings", ("raw", "seed", "intermediate"))):
        for schema in schemas:
            con.execute(f"create schema {database}.{schema}")
    con.execute("set search_path = 'trade.main,workings.raw,workings.seed,workings.intermediate'")
    return con
