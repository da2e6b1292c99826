"""Readers and writers by the hundred of a DuckLake whose catalog is in PostgreSQL.

The extensions come from the package index as wheels, for DuckDB 1.5.5 and no newer one, so this needs an environment of
its own, and takes the tables as Parquet, which `entrepot run` exports:

    python3 -m venv .venv-lake
    .venv-lake/bin/pip install duckdb==1.5.5 duckdb-extension-ducklake==1.5.5 duckdb-extension-postgres-scanner==1.5.5 psycopg[binary]
    .venv-lake/bin/python -m bench.lake warehouse/export/parquet

A visit is a transaction on a connection that stays: three questions, and the mark of the release in each of three tables.
Meanwhile one writer replaces all tables in one transaction, again and again, and others add rows to one table, as workers
that fetch would. Not a test.
"""  # noqa: E501  commands

from __future__ import annotations

import multiprocessing
import statistics
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import duckdb

from bench.crowd import HEAD, Visit, ask, crowd
from tests.postgres import PASSWORD, Postgres, programs, running_postgres

READERS, PAUSE, RELEASES, EVERY, WRITERS, INSERTS, ROWS = 100, 20.0, 12, 5.0, 4, 100, 1_000
TABLES = {"partner_rank": "marts", "indicator": "marts", "dim_product": "core"}
MARKED = ("lake.mark_core", "lake.mark_marts", "lake.mark_meta")


def _attached(server: Postgres, database: str, data: Path) -> duckdb.DuckDBPyConnection:
    """A connection with the lake in it."""
    con = duckdb.connect(":memory:", config={"threads": 1})
    for name in ("postgres_scanner", "ducklake"):
        spec = find_spec(f"duckdb_extension_{name}")
        assert spec is not None
        assert spec.submodule_search_locations is not None
        (file,) = Path(spec.submodule_search_locations[0]).rglob("*.duckdb_extension")
        con.execute(f"load '{file}'")
    known = f"host=127.0.0.1 port={server.port} user=entrepot password={PASSWORD} dbname={database}"
    con.execute(f"attach 'ducklake:postgres:{known}' as lake (data_path '{data}')")
    return con


def _files(table: Path) -> str:
    """The file of a table, or all those of one that is cut by year."""
    return f"{table}/**/*.parquet" if table.is_dir() else f"{table}.parquet"


def _release(con: duckdb.DuckDBPyConnection, parquet: Path, number: int, at_most: int = 50) -> tuple[float, int]:
    """Replace every table in one transaction; the seconds that took, and how often it was refused on the way.

    DuckLake refuses a transaction that other writers have come before too often, and it is tried again.
    """
    begun = time.perf_counter()
    for refused in range(at_most):
        con.execute("begin")
        try:
            for table, schema in TABLES.items():
                con.execute(f"create or replace table lake.{table} as from '{_files(parquet / schema / table)}'")
            for mark in MARKED:
                con.execute(f"create or replace table {mark} as select {number} as number")
            con.execute("commit")
            return time.perf_counter() - begun, refused
        except duckdb.TransactionException:
            continue  # which has rolled it back
    raise TimeoutError(f"A release was refused {at_most} times.")


def _reader(server: Postgres, database: str, data: Path) -> Visit:
    con = _attached(server, database, data)

    def visit() -> list[object]:
        con.execute("begin")
        try:
            return ask(con.execute, MARKED, "lake", "lake")
        finally:
            con.execute("rollback")

    return visit


def _insert(server: Postgres, database: str, data: Path, writer: int, told: object) -> None:
    """Rows of one writer, a transaction each; seconds and conflicts are put into the queue."""
    con, seconds, conflicts = _attached(server, database, data), [], []
    for number in range(INSERTS):
        begun = time.perf_counter()
        try:
            con.execute(f"insert into lake.landing select {writer}, {number}, range from range({ROWS})")
            seconds.append(time.perf_counter() - begun)
        except duckdb.Error as error:
            conflicts.append(str(error)[:200])
        time.sleep(RELEASES * EVERY / INSERTS)
    told.put((seconds, conflicts))  # type: ignore[attr-defined]


def _write(server: Postgres, database: str, data: Path, parquet: Path, numbers: range) -> None:
    """The writer of releases and those that add rows, side by side."""
    context = multiprocessing.get_context("fork")
    told = context.SimpleQueue()
    adding = [context.Process(target=_insert, args=(server, database, data, each, told)) for each in range(WRITERS)]
    for process in adding:
        process.start()
    con = _attached(server, database, data)
    took = []
    for number in numbers:
        took.append(_release(con, parquet, number))
        time.sleep(EVERY)
    results = [told.get() for _ in adding]
    rows = con.execute("select count(*) from lake.landing").fetchone()
    con.execute("delete from lake.landing")
    seconds = [each for more, _ in results for each in more]
    conflicts = [each for _, more in results for each in more]
    spent, refused = [seconds for seconds, _ in took], sum(times for _, times in took)
    print(f"A release took {statistics.median(spent):.2f} s, at most {max(spent):.2f} s; {refused} times refused.")
    print(
        f"{WRITERS} writers made {len(seconds)} inserts of {ROWS} rows, {statistics.median(seconds):.2f} s each, "
        f"at most {max(seconds):.2f} s; {rows} rows there; refused: {len(conflicts)} {conflicts[:1]}"
    )


def main(parquet: Path) -> None:
    """One reader, all readers with nothing new, all with writers, and the writers alone."""
    folder = programs()
    assert folder is not None, "PostgreSQL is not installed (Debian: apt-get install postgresql)"
    with tempfile.TemporaryDirectory() as data, running_postgres(folder, "max_connections=600") as server:
        database = server.new_database().rpartition("/")[2]
        lake = Path(data)
        con = _attached(server, database, lake)
        con.execute("create table lake.landing (writer integer, number integer, row_number bigint)")
        _release(con, parquet, 0)
        con.close()

        def make() -> Visit:
            return _reader(server, database, lake)

        print(HEAD, flush=True)
        print(crowd(make, 1, PAUSE / 20, lambda: time.sleep(15)).told(1), flush=True)
        print(crowd(make, READERS, PAUSE, lambda: time.sleep(30)).told(READERS), "nothing new", flush=True)
        met = crowd(make, READERS, PAUSE, lambda: _write(server, database, lake, parquet, range(1, RELEASES + 1)))
        print(met.told(READERS), "while others write", met.errors[:1], flush=True)
        _write(server, database, lake, parquet, range(RELEASES + 1, RELEASES + 4))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
